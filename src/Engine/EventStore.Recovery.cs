using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Rondo.Engine.Catalog;
using Rondo.Engine.Parts;
using Rondo.Engine.Recovery;
using Rondo.Model.Stores;

namespace Rondo.Engine;

/// <content>Copying the store while it is in use.</content>
public sealed partial class EventStore
{
    /// <summary>How long a part that was just listed may take to be known to the store.</summary>
    private static readonly TimeSpan ListingTime = TimeSpan.FromMilliseconds(5);

    /// <inheritdoc/>
    public async Task<LogPosition> BackUpAsync(string directory, CancellationToken cancellationToken)
    {
        using var connection = StoreDatabase.Connect(_directory, readOnly: true);
        var (transaction, parts) = await BeginCopyAsync(connection, cancellationToken).ConfigureAwait(false);
        try
        {
            using (transaction)
            {
                return await Task.Run(() => StoreCopy.Write(connection, parts, directory, cancellationToken), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            foreach (var part in parts)
            {
                part.Release();
            }
        }
    }

    /// <summary>
    /// Fixes one moment: a transaction that goes on seeing the catalogue as it is now, and its parts, held so that
    /// compaction does not delete their files meanwhile.
    /// </summary>
    private async Task<(SqliteTransaction Transaction, IReadOnlyList<Part> Parts)> BeginCopyAsync(SqliteConnection connection, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ImmutableArray<Part> held;
            lock (_gate)
            {
                held = _parts;
                foreach (var part in held)
                {
                    part.Acquire();
                }
            }

            var transaction = connection.BeginTransaction(deferred: true);
            var listed = Catalogue.PartIds(connection, transaction);
            var parts = held.Where(part => listed.Contains(part.Id)).ToList();
            foreach (var part in held.Where(part => parts.Count < listed.Count || !listed.Contains(part.Id)))
            {
                part.Release();
            }

            if (parts.Count == listed.Count)
            {
                return (transaction, parts);
            }

            // A part was listed between the two looks; it will be known to the store in a moment.
            await transaction.DisposeAsync().ConfigureAwait(false);
            await Task.Delay(ListingTime, cancellationToken).ConfigureAwait(false);
        }
    }
}
