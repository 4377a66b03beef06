using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Rondo.Engine.Catalog;
using Rondo.Engine.Identity;
using Rondo.Engine.Parts;

namespace Rondo.Engine;

/// <content>Putting parts in the place of others.</content>
public sealed partial class EventStore
{
    /// <summary>Lets questions see new parts in the place of old ones. Called under the gate.</summary>
    private void Show(IReadOnlyList<(Part[] Old, Part? New)> replaced)
    {
        var parts = _parts.ToBuilder();
        foreach (var (old, @new) in replaced)
        {
            parts.RemoveAll(old.Contains);
            if (@new is not null)
            {
                parts.Add(@new);
            }
        }

        _parts = [.. parts.OrderBy(part => part.FirstArrival)];
    }

    /// <content>Both for joining and for taking out.</content>
    private sealed partial class Sealer
    {
        /// <summary>Whether a part holds events that are no longer to be kept.</summary>
        private bool HasOld() => _store.EarliestKept() is { } earliest && PartsWithOld(earliest).Any();

        /// <summary>A damaged part is left for somebody to mend; it must not keep sound ones from growing too old.</summary>
        private IEnumerable<Part> PartsWithOld(long earliest)
        {
            var removal = Removal.Nothing with { Earliest = earliest };
            return _store._parts.Where(part => !part.IsDamaged && removal.Concerns(part));
        }

        private async Task DropOldAsync()
        {
            if (_store.EarliestKept() is not { } earliest || PartsWithOld(earliest).ToList() is not { Count: > 0 } old)
            {
                return;
            }

            var failures = new Failures();
            long removed = 0;
            foreach (var part in old)
            {
                await failures.CollectAsync(async () => removed += part.RowCount - ((await ReplaceAsync([part], Removal.Nothing with { Earliest = earliest }).ConfigureAwait(false))?.RowCount ?? 0)).ConfigureAwait(false);
            }

            Interlocked.Increment(ref _store._dropCount);
            _logger.LogInformation("Dropped {RowCount} events older than {Days} days from {Directory}", removed, _store.RetentionDays, _store._directory);
            failures.Throw();
        }

        /// <summary>Writes parts anew without what is to be taken out.</summary>
        private List<(Part[] Old, Part? New)> WriteWithout(IEnumerable<Part> parts, Removal removal, IdSnapshot ids, string[] eventNames, ref long nextPart)
        {
            var names = new EventNames(eventNames).Snapshot();
            var replaced = new List<(Part[] Old, Part? New)>();
            foreach (var part in parts)
            {
                replaced.Add(([part], Write(ref nextPart, part.FirstArrival, ids, eventNames, Join([part], [], ids, names, removal))));
            }

            return replaced;
        }

        /// <summary>Writes a part under the next number; null when the runs have no rows.</summary>
        private Part? Write(ref long nextPart, long firstArrival, IdSnapshot ids, string[] eventNames, IEnumerable<Run> runs)
        {
            var part = PartWriter.Write(_store._options.Disk, _store._directory, nextPart++, firstArrival, ids.MergeCount, runs, eventNames);
            if (part.RowCount > 0)
            {
                return part;
            }

            part.Retire();
            return null;
        }

        /// <summary>Puts one part in the place of some, while heads go on being sealed. The caller holds <see cref="_replacing"/> only.</summary>
        private async Task<Part?> ReplaceAsync(Part[] old, Removal removal)
        {
            // Persons are resolved by the merges that the catalogue holds: a watermark ahead of it would not survive a kill.
            var (number, persisted) = await HoldingAsync(_catalogue, async () => (await TakeNumberAsync().ConfigureAwait(false), _persisted), CancellationToken.None).ConfigureAwait(false);
            try
            {
                var nextPart = number;
                var part = Write(ref nextPart, old[0].FirstArrival, persisted.Ids, persisted.EventNames, Join(old, [], persisted.Ids, new EventNames(persisted.EventNames).Snapshot(), removal));
                return await HoldingAsync(_catalogue, () => ListAsync(old, part), CancellationToken.None).ConfigureAwait(false);
            }
            catch
            {
                _returnedNumbers.Push(number);
                throw;
            }
        }

        /// <summary>A number for one part, durably given out; first those under which a writing failed.</summary>
        private async Task<long> TakeNumberAsync()
        {
            await _store._log.SettleAsync().ConfigureAwait(false);
            if (_returnedNumbers.TryPop(out var returned))
            {
                return returned;
            }

            var number = _persisted.NextPartId;
            await GiveOutAsync(number + 1, 0).ConfigureAwait(false);
            _persisted = _persisted with { NextPartId = number + 1 };
            return number;
        }

        private async Task<Part?> ListAsync(Part[] old, Part? part)
        {
            (Part[], Part?)[] replaced = [(old, part)];
            await _store._log.ChangeCatalogAsync((connection, transaction) => Replace(connection, transaction, replaced)).ConfigureAwait(false);
            lock (_store._gate)
            {
                _store.Show(replaced);
            }

            Retire(replaced);
            return part;
        }

        private static void Replace(SqliteConnection connection, SqliteTransaction transaction, IReadOnlyList<(Part[] Old, Part? New)> replaced)
        {
            foreach (var (old, @new) in replaced)
            {
                Array.ForEach(old, part => Catalogue.RemovePart(connection, transaction, part.Id));
                if (@new is not null)
                {
                    Catalogue.AddPart(connection, transaction, @new);
                }
            }
        }

        private static void Retire(IReadOnlyList<(Part[] Old, Part? New)> replaced)
        {
            foreach (var part in replaced.SelectMany(pair => pair.Old))
            {
                part.Retire();
            }
        }

        private static long RemovedFrom(IReadOnlyList<(Part[] Old, Part? New)> replaced) =>
            replaced.Sum(pair => pair.Old.Sum(part => part.RowCount) - (pair.New?.RowCount ?? 0));
    }
}
