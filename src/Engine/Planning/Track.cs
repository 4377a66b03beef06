using Rondo.Engine.Identity;
using Rondo.Engine.Parts;
using Rondo.Model.Predicates;
using Rondo.Model.Time;

namespace Rondo.Engine.Planning;

/// <summary>One stream of events of every person: the runs that hold it, oldest first, each with the rows that count.</summary>
internal sealed class Track
{
    private Track(IEnumerable<TrackRun> runs) => Runs = [.. runs];

    public TrackRun[] Runs { get; }

    /// <summary>The events that a selector names and the filters let through.</summary>
    public static Track Of(StoreView view, RowFilter filter, EventSelector selector, Predicate? global, SessionDefinition? sessions = null) =>
        new(filter.Select(selector, global, sessions).Select(selected => Of(view, selected.Run, selected.Mask)));

    /// <summary>Every event of every person, names only.</summary>
    /// <param name="view">The store.</param>
    /// <param name="isChosen">Per event name of the store whether its events count; null when all do.</param>
    public static Track Timeline(StoreView view, bool[]? isChosen = null) =>
        new(view.Timelines().Select(run => Of(view, run, isChosen is null ? null : MaskOfNames(run, isChosen))));

    /// <summary>Every event of every name with its properties.</summary>
    public static Track Everything(StoreView view, IEnumerable<string> names) =>
        new(names.SelectMany(view.RunsOf).Select(run => Of(view, run, null)));

    /// <summary>Every event of some persons, of one name (null: of all, names only). Other persons' rows must not be read.</summary>
    /// <param name="view">The store.</param>
    /// <param name="eventName">The name.</param>
    /// <param name="merges">The merges of the persons' devices, with their places in the sequence of all merges, ascending.</param>
    public static Track Of(StoreView view, string? eventName, IReadOnlyList<(int Sequence, Merge Merge)> merges) =>
        new((eventName is null ? view.Timelines() : view.RunsOf(eventName)).Select(run => new TrackRun(run, null, LateMerges.Of(run, merges), view.SourceOf(run))));

    /// <summary>
    /// Cuts the persons into ranges of about equal work: <paramref name="rangeCount"/> + 1 ascending numbers, the first 0, the
    /// last beyond everyone.
    /// </summary>
    public int[] Ranges(int rangeCount)
    {
        var boundaries = new int[rangeCount + 1];
        boundaries[rangeCount] = int.MaxValue;
        var largest = Runs.MaxBy(run => run.Run.RowCount);
        if (largest is not null && largest.Run.RowCount > 0)
        {
            var persons = largest.Run.Persons;
            for (var range = 1; range < rangeCount; range++)
            {
                boundaries[range] = Math.Max(boundaries[range - 1], persons[(int)((long)persons.Length * range / rangeCount)]);
            }
        }

        return boundaries;
    }

    /// <summary>The first and the last millisecond in which something may have happened; an empty span for an empty track.</summary>
    public (long First, long Last) Span() => Runs.Length == 0 ? (0, 0) : (Runs.Min(run => run.Run.Span.First), Runs.Max(run => run.Run.Span.Last));

    /// <summary>Whether no two runs can hold the same event: each name's runs lie in spans of time that do not touch.</summary>
    public bool RunsAreApart() => Runs
        .GroupBy(run => run.Run.EventName, StringComparer.Ordinal)
        .All(name => name.OrderBy(run => run.Run.Span.First).Zip(name.OrderBy(run => run.Run.Span.First).Skip(1)).All(pair => pair.First.Run.Span.Last < pair.Second.Run.Span.First));

    private static RowMask MaskOfNames(Run run, bool[] isChosen)
    {
        var mask = new RowMask(run.RowCount);
        run.Columns.EventNames.Choose(isChosen, run.RowCount, mask.Words);
        return mask;
    }

    private static TrackRun Of(StoreView view, Run run, RowMask? mask) => new(run, mask, run.LateMergesAt(view.Ids), view.SourceOf(run));
}

/// <summary>A run within a track.</summary>
/// <param name="Run">The rows.</param>
/// <param name="Mask">Which of them count; null for all.</param>
/// <param name="Late">Rows whose person was merged since; null for none.</param>
/// <param name="Source">The part or head that the run belongs to.</param>
internal sealed record TrackRun(Run Run, RowMask? Mask, LateMerges? Late, RunSource Source);
