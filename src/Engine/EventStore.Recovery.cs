using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Rondo.Engine.Catalog;
using Rondo.Engine.Identity;
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
        using var connection = StoreDatabase.Connect(_options.Disk, _directory, readOnly: true);
        var (transaction, parts, ids) = await BeginCopyAsync(connection, cancellationToken).ConfigureAwait(false);
        try
        {
            using (transaction)
            using (ids)
            {
                return await Task.Run(() => StoreCopy.Write(connection, parts, ids, directory, cancellationToken), cancellationToken).ConfigureAwait(false);
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
    /// Fixes one moment: a transaction that goes on seeing the catalogue as it is now, its parts, held so that compaction does
    /// not delete their files meanwhile, and its file of ids, opened for the same reason.
    /// </summary>
    private async Task<(SqliteTransaction Transaction, IReadOnlyList<Part> Parts, FileStream? Ids)> BeginCopyAsync(SqliteConnection connection, CancellationToken cancellationToken)
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

            // Given back unless they are handed over.
            var returned = held.ToList();
            SqliteTransaction? transaction = null;
            try
            {
                transaction = connection.BeginTransaction(deferred: true);
                var listed = Catalogue.PartIds(connection, transaction);
                var parts = held.Where(part => listed.Contains(part.Id)).ToList();
                if (parts.Count == listed.Count && TryOpenIds(connection, transaction, out var ids))
                {
                    returned.RemoveAll(part => listed.Contains(part.Id));
                    var begun = transaction;
                    transaction = null;
                    return (begun, parts, ids);
                }
            }
            finally
            {
                returned.ForEach(part => part.Release());
                transaction?.Dispose();
            }

            // A part or a file of ids was listed between the looks; it will be known to the store in a moment.
            await Task.Delay(ListingTime, cancellationToken).ConfigureAwait(false);
        }
    }

    private bool TryOpenIds(SqliteConnection connection, SqliteTransaction transaction, out FileStream? ids)
    {
        ids = null;
        if (StoreDatabase.ReadMeta(connection, "ids_in_file", transaction) is not { } count)
        {
            return true;
        }

        var path = IdFile.PathOf(_directory, count);
        if (File.Exists(path))
        {
            try
            {
                ids = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
                return true;
            }
            catch (FileNotFoundException)
            {
                // Deleted between the two lines above: there is a newer one.
                return false;
            }
        }

        using var now = StoreDatabase.Connect(_options.Disk, _directory, readOnly: true);
        return StoreDatabase.ReadMeta(now, "ids_in_file") != count
            ? false
            : throw new StoreDamagedException($"{path} is missing, so there is nothing whole to back up. 'rondo doctor' lists what is damaged.");
    }
}
