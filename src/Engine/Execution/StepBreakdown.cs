using System.Collections.Immutable;
using Rondo.Engine.Execution.Kernels;
using Rondo.Engine.Planning;
using Rondo.Model.Queries;

namespace Rondo.Engine.Execution;

/// <summary>One breakdown of a funnel: which parts of a segment an attempt has, read where the query attributes it. Read-only, so threads share it.</summary>
internal sealed class StepBreakdown
{
    /// <summary>The number of "not set".</summary>
    public const int NotSet = 0;

    private readonly FunnelQuery _query;
    private readonly bool _isOfPerson;
    private readonly SegmentReader?[] _readers;
    private readonly int[][] _numberOfCell;
    private readonly List<ImmutableArray<SegmentPart>> _parts = [[SegmentPart.NotSet]];

    public StepBreakdown(FunnelPlan plan, Breakdown breakdown)
    {
        _query = plan.Query;
        _isOfPerson = IsOfPerson(plan, breakdown);
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal) { [TextOf(_parts[0])] = NotSet };
        _readers = [.. plan.Lanes.Take(plan.StepCount).Select((lane, step) => IsRead(plan, step) ? new SegmentReader(plan.Question, lane.Track, [breakdown]) : null)];
        _numberOfCell = [.. _readers.Select(reader => reader is null ? [] : Enumerable.Range(0, reader.CellCount).Select(cell => NumberOf(PartsOf(reader, cell))).ToArray())];

        int NumberOf(ImmutableArray<SegmentPart> parts)
        {
            if (!numbers.TryGetValue(TextOf(parts), out var number))
            {
                numbers.Add(TextOf(parts), number = _parts.Count);
                _parts.Add(parts);
            }

            return number;
        }
    }

    /// <summary>By number: one part, or several where a value is a list or the breakdown is by cohorts.</summary>
    public IReadOnlyList<ImmutableArray<SegmentPart>> Parts => _parts;

    /// <summary>Whether everything a person does has the same value.</summary>
    public static bool IsOfPerson(FunnelPlan plan, Breakdown breakdown) => breakdown.IsByCohort || plan.Question.Filter.Values.IsOfPerson(breakdown.Source, breakdown.Property);

    /// <summary>The number of an attempt's parts.</summary>
    public int Of(FunnelEvents events, ReadOnlySpan<int> path)
    {
        if (_isOfPerson)
        {
            return Read(events, path[0]);
        }

        if (_query.Attribution == StepAttribution.AtStep)
        {
            return path[_query.AttributedStep] is >= 0 and var index ? Read(events, index) : NotSet;
        }

        for (var place = 0; place < path.Length; place++)
        {
            var index = path[_query.Attribution == StepAttribution.FirstDefined ? place : path.Length - 1 - place];
            if (index >= 0 && Read(events, index) is not NotSet and var number)
            {
                return number;
            }
        }

        return NotSet;
    }

    /// <summary>Whether a step's events are ever looked at.</summary>
    private bool IsRead(FunnelPlan plan, int step) => _isOfPerson
        ? step < plan.EntryLaneCount
        : _query.Order == StepOrder.Any || _query.Attribution != StepAttribution.AtStep || step == _query.AttributedStep;

    private int Read(FunnelEvents events, int index)
    {
        var lane = events.LaneOf(index);
        var (cursor, row) = events.SourceOf(index);
        return _numberOfCell[lane][_readers[lane]!.Of(cursor.RunOf(row), cursor.RowOf(row), events.Person)];
    }

    private static ImmutableArray<SegmentPart> PartsOf(SegmentReader reader, int cell)
    {
        var parts = ImmutableArray.CreateBuilder<SegmentPart>();
        foreach (var segment in reader.SegmentsOf(cell))
        {
            parts.Add(new SegmentPart(reader.Segments[segment].Kind, reader.Segments[segment].Value));
        }

        return parts.ToImmutable();
    }

    private static string TextOf(ImmutableArray<SegmentPart> parts) => string.Join('\n', parts.Select(part => $"{(int)part.Kind} {part.Value}"));
}
