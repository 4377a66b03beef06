using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Rondo.Engine.Catalog;
using Rondo.Engine.Compaction;
using Rondo.Engine.Head;
using Rondo.Engine.Identity;
using Rondo.Engine.Parts;
using Rondo.Engine.Planning;
using Rondo.Engine.Profiles;

namespace Rondo.Engine;

/// <content>From many to few: parts are joined, loose profiles folded, pages given back.</content>
public sealed partial class EventStore
{
    private sealed partial class Sealer
    {
        /// <summary>One block at a time, so that writers wait for no more than that.</summary>
        private async Task FoldProfilesAsync()
        {
            foreach (var block in _looseProfiles.Where(block => block.Value >= ProfileRows.MostLoose).Select(block => block.Key).ToList())
            {
                await _store._log.ChangeCatalogAsync((connection, transaction) => ProfileRows.Fold(connection, transaction, block)).ConfigureAwait(false);
                _looseProfiles.Remove(block);
            }
        }

        /// <summary>What the log took at its longest need not stay taken. A little at a time, likewise.</summary>
        private async Task GiveBackPagesAsync()
        {
            while (_hasSparePages)
            {
                await _store._log.ChangeCatalogAsync((connection, transaction) => _hasSparePages = Catalogue.GiveBackPages(connection, transaction)).ConfigureAwait(false);
            }
        }

        private async Task CompactAsync()
        {
            var failures = new Failures();
            bool goesOn;
            do
            {
                // A part found to be damaged is out of the plan from then on; the sound ones are joined without it.
                goesOn = false;
                var damagedCount = DamagedCount();
                await failures.CollectAsync(async () => goesOn = await CompactOnceAsync().ConfigureAwait(false)).ConfigureAwait(false);
                goesOn |= DamagedCount() > damagedCount;
            }
            while (goesOn);

            failures.Throw();
        }

        private int DamagedCount() => _store._parts.Count(part => part.IsDamaged);

        /// <returns>Whether there was something to join.</returns>
        private async Task<bool> CompactOnceAsync()
        {
            var parts = _store._parts;
            var (start, count) = CompactionPlan.Choose(Sizes(parts), _store._options.CompactionFanIn, _store._options.SealAfterRows);
            if (count == 0)
            {
                (start, count) = (PartWithManyLateMerges(parts), 1);
            }

            if (start < 0)
            {
                return false;
            }

            await JoinAsync([.. parts.Skip(start).Take(count)]).ConfigureAwait(false);
            return true;
        }

        /// <summary>A damaged part is left for somebody to mend.</summary>
        private static PartSize[] Sizes(ImmutableArray<Part> parts) => [.. parts.Select(part => new PartSize(
            part.RowCount,
            part.Runs.GroupBy(run => run.File, StringComparer.Ordinal).Max(file => file.Sum(run => run.Length)),
            part.IsDamaged))];

        private int PartWithManyLateMerges(ImmutableArray<Part> parts)
        {
            var ids = _persisted.Ids;
            for (var index = 0; index < parts.Length; index++)
            {
                if (!parts[index].IsDamaged && parts[index].Open(null)?.LateMergesAt(ids) is { } late && (long)late.RowCount * LateMergeShare > parts[index].RowCount)
                {
                    return index;
                }
            }

            return -1;
        }

        private async Task JoinAsync(Part[] parts)
        {
            var joined = await ReplaceAsync(parts, Removal.Nothing).ConfigureAwait(false);
            _logger.LogDebug("Joined {PartCount} parts into part {Part} of {RowCount} events", parts.Length, joined?.Id, joined?.RowCount);
        }

        /// <summary>The timeline comes first: it tells the order of rows that share a time with rows of another name.</summary>
        private static IEnumerable<Run> Join(Part[] parts, HeadRuns[] heads, IdSnapshot ids, EventNameSnapshot names, Removal removal)
        {
            // The view gives back what it was given, whatever becomes of the parts meanwhile.
            Array.ForEach(parts, part => part.Acquire());
            using var view = new StoreView(parts, heads, ids, names, new ProfileTable());
            var ties = new TieCollector(names.Names.Length);
            yield return RunJoiner.JoinTimelines(Track.Timeline(view), ids, removal, names.Names.Length, ties);
            foreach (var name in names.Names)
            {
                if (Track.Everything(view, [name]) is { Runs.Length: > 0 } named)
                {
                    yield return RunJoiner.JoinNamed(named, ids, removal, ties.Of(view.NumberOf(name)));
                }
            }
        }
    }
}
