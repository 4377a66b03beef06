using NodaTime;
using Rondo.Engine.Execution.Straight;
using Rondo.Engine.Planning;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Engine.Execution;

/// <summary>Follows each person through the steps of a funnel.</summary>
/// <remarks>O(entries · steps · log events) per person. With a breakdown a first pass ranks the segments and a second counts.</remarks>
internal sealed class FunnelOperator
{
    private readonly Question _question;
    private readonly FunnelQuery _query;
    private readonly FunnelPlan _plan;
    private readonly Lazy<FunnelScan> _scan;

    public FunnelOperator(Question question, FunnelQuery query)
    {
        _question = question;
        _query = query;
        _plan = new FunnelPlan(question, query);
        _scan = new Lazy<FunnelScan>(() => new FunnelScan(_plan, new FunnelAttribution(_plan)));
    }

    /// <summary>What a funnel that is not plain needs; a plain one does without.</summary>
    private FunnelScan Scan => _scan.Value;

    public FunnelResult Execute() => StraightFunnel.For(_plan) is { } straight ? ShowCells(straight) : ShowSegments();

    public PersonSet PeopleAt(FunnelPoint point)
    {
        var segments = point.Segment == Segment.Overall ? null : Scan.Segments();
        var slot = segments?.Find(point.Segment) ?? -1;
        var interval = point.Interval is { } start ? Array.IndexOf(Scan.Edges, start, 0, Scan.IntervalCount) : -1;
        if ((point.Segment != Segment.Overall && slot < 0) || (point.Interval is not null && interval < 0))
        {
            return PersonSet.Empty;
        }

        var meant = new FunnelPlace(interval, slot);
        var builders = Scan.Run(
            _ => new PersonSet.Builder(),
            segments is null ? null : new SegmentPlaces(segments.SlotOf),
            (builder, place, events, path) =>
            {
                if (place == meant && IsMeant(point, events.Times, path))
                {
                    builder.Add(new PersonNumber(events.Person));
                }
            });
        return InsightsOperator.Union(builders);
    }

    private FunnelResult ShowSegments()
    {
        var segments = Scan.Segments();
        var slotCount = segments?.Shown.Length ?? 0;
        var numbers = _query.Sum is { } sum ? new FunnelNumbers(_plan, sum) : null;
        var states = Scan.Run(
            _ => Enumerable.Range(0, slotCount + 1).Select(_ => new FunnelTally(_query, Scan.IntervalCount, numbers)).ToArray(),
            segments is null ? null : new SegmentPlaces(segments.SlotOf),
            (tallies, place, events, path) => tallies[place.Slot + 1].Add(place.Interval, events, path));
        var total = states[0];
        foreach (var state in states.Skip(1))
        {
            for (var slot = 0; slot <= slotCount; slot++)
            {
                total[slot].Combine(state[slot]);
            }
        }

        var control = _query.Control is { } chosen && segments?.Find(chosen) is >= 0 and var its ? total[its + 1] : null;
        return new FunnelResult([.. total.Select((tally, slot) => slot == 0 ? tally.Show(Segment.Overall, null) : tally.Show(segments!.Shown[slot - 1], total[0], control))], segments?.FoldedCount ?? 0)
        {
            Intervals = [.. Scan.Edges.Take(Scan.IntervalCount)],
            FirstIncompleteInterval = Scan.Edges.Skip(1).Count(end => end + Wait <= _question.Context.Now),
        };
    }

    /// <summary>A plain funnel is counted once per cell of its breakdown; a segment is all of its cells.</summary>
    private FunnelResult ShowCells(StraightFunnel straight)
    {
        var (all, byCell) = straight.Count();
        FunnelTally Sum(IReadOnlyList<long[]?> counts, Func<int, bool> isMeant)
        {
            var tally = new FunnelTally(_query, 0);
            for (var cell = 0; cell < counts.Count; cell++)
            {
                if (counts[cell] is { } counted && isMeant(cell))
                {
                    tally.Add(counted);
                }
            }

            return tally;
        }

        var overall = Sum(all.Cells, _ => true);
        if (straight.Cells is not { } reader)
        {
            return new FunnelResult([overall.Show(Segment.Overall, null)], 0);
        }

        var slots = SegmentSlots.OfCells(reader, byCell.Cells.Select((counted, cell) => KeyValuePair.Create(cell, counted?[0] ?? 0)).Where(cell => cell.Value > 0), _query.Limit);
        return new FunnelResult([overall.Show(Segment.Overall, null), .. slots.Shown.Select((segment, slot) => Sum(byCell.Cells, cell => slots.Holds(cell, slot)).Show(segment, overall))], slots.FoldedCount);
    }

    /// <summary>How long after its end an interval's entries may still convert.</summary>
    private Duration Wait => _query.Window.IsSessions || _query.Counting == FunnelCounting.Sessions ? Duration.Zero : _query.Window.Length;

    private bool IsMeant(FunnelPoint point, ReadOnlySpan<long> times, ReadOnlySpan<int> path)
    {
        if (point.TimeBucket is { } bucket)
        {
            return FunnelTally.LengthOf(_query.TimeToConvert!, times, path) is { } length && TimeToConvertBuckets.IndexOf(length) == bucket;
        }

        if (point.Outcome == FunnelOutcome.Converted)
        {
            return path[point.Step] >= 0;
        }

        var before = point.Step - 1;
        while (_query.Optional.Contains(before))
        {
            before--;
        }

        return path[before] >= 0 && path[point.Step] < 0;
    }
}
