using System.Collections.Immutable;
using Rondo.Engine.Execution.Kernels;
using Rondo.Engine.Execution.Straight;
using Rondo.Engine.Identity;
using Rondo.Engine.Planning;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Engine.Execution;

/// <summary>Follows each person through the steps of a funnel.</summary>
/// <remarks>O(entries · steps · log events) per person; one entry unless re-entry is optimized.</remarks>
internal sealed class FunnelOperator
{
    private readonly Question _question;
    private readonly FunnelQuery _query;
    private readonly Track[] _steps;
    private readonly Track? _timeline;
    private readonly SegmentReader? _reader;
    private readonly long _start;
    private readonly long _end;

    public FunnelOperator(Question question, FunnelQuery query)
    {
        _question = question;
        _query = query;
        _steps = [.. query.Steps.Select(step => Track.Of(question.View, question.Filter, step, query.Filter))];
        _timeline = query.Window.IsSessions ? Track.Timeline(question.View) : null;
        _reader = query.Breakdowns.IsEmpty ? null : new SegmentReader(question.View, question.Context, _steps[0], query.Breakdowns);
        var window = query.Range.Resolve(question.Context.Calendar, question.Context.Now);
        _start = window.Start.ToUnixTimeMilliseconds();
        _end = window.End.ToUnixTimeMilliseconds();
    }

    public FunnelResult Execute()
    {
        var (overall, byCell) = Count();
        var segments = ImmutableArray.CreateBuilder<FunnelSegment>();
        segments.Add(new FunnelSegment(Segment.Overall, overall.Steps()));
        var slots = Slots(byCell);
        for (var slot = 0; slot < (slots?.Shown.Length ?? 0); slot++)
        {
            var tally = new FunnelTally(_steps.Length);
            foreach (var (cell, counted) in byCell)
            {
                if (slots!.Holds(cell, slot))
                {
                    tally.Combine(counted);
                }
            }

            segments.Add(new FunnelSegment(slots!.Shown[slot], tally.Steps()));
        }

        return new FunnelResult(segments.ToImmutable(), slots?.FoldedCount ?? 0);
    }

    public PersonSet PeopleAt(FunnelPoint point)
    {
        var slots = point.Segment == Segment.Overall ? null : Slots(Count().ByCell);
        var slot = slots?.Find(point.Segment) ?? -1;
        if (point.Segment != Segment.Overall && slot < 0)
        {
            return PersonSet.Empty;
        }

        var builders = Scan(
            () => new PersonSet.Builder(),
            (builder, attempt, cell, person) =>
            {
                var isMeant = point.Outcome == FunnelOutcome.Converted ? attempt.Reached > point.Step : attempt.Reached == point.Step;
                if (isMeant && (slots is null || slots.Holds(cell, slot)))
                {
                    builder.Add(new PersonNumber(person));
                }
            });
        return InsightsOperator.Union(builders);
    }

    private SegmentSlots? Slots(Dictionary<int, FunnelTally> byCell) =>
        _reader is null ? null : SegmentSlots.OfCells(_reader, byCell.Select(cell => KeyValuePair.Create(cell.Key, cell.Value.Entries)), _query.Limit);

    private (FunnelTally Overall, Dictionary<int, FunnelTally> ByCell) Count()
    {
        if (StraightFunnel.For(_question, _query, _steps, _reader, _start, _end) is { } straight)
        {
            return Tallied(straight.Count());
        }

        var states = Scan(
            () => new Dictionary<int, FunnelTally>(),
            (tallies, attempt, cell, _) =>
            {
                if (!tallies.TryGetValue(cell, out var tally))
                {
                    tallies.Add(cell, tally = new FunnelTally(_steps.Length));
                }

                tally.Add(attempt);
            });
        var overall = new FunnelTally(_steps.Length);
        var byCell = new Dictionary<int, FunnelTally>();
        foreach (var (cell, tally) in states.SelectMany(state => state))
        {
            overall.Combine(tally);
            if (!byCell.TryGetValue(cell, out var combined))
            {
                byCell.Add(cell, combined = new FunnelTally(_steps.Length));
            }

            combined.Combine(tally);
        }

        return (overall, byCell);
    }

    private (FunnelTally Overall, Dictionary<int, FunnelTally> ByCell) Tallied(FunnelCounts counts)
    {
        var overall = new FunnelTally(_steps.Length);
        var byCell = new Dictionary<int, FunnelTally>();
        for (var cell = 0; cell < counts.Cells.Count; cell++)
        {
            if (counts.Cells[cell] is { } counted)
            {
                var tally = new FunnelTally(_steps.Length);
                tally.Add(counted);
                overall.Combine(tally);
                byCell.Add(cell, tally);
            }
        }

        return (overall, byCell);
    }

    private IReadOnlyList<TState> Scan<TState>(Func<TState> makeState, Action<TState, FunnelAttempt, int, int> visit)
    {
        var scans = PersonScan.Run(
            _steps[0],
            _question.View,
            _question.Threads,
            firstPerson => (
                State: makeState(),
                Kernel: new FunnelKernel(
                    _query,
                    [.. _steps.Skip(1).Select(step => new TrackCursor(step, _question.View.Ids, firstPerson))],
                    _timeline is null ? null : new SessionCursor(_question, _timeline, firstPerson),
                    _start,
                    _end)),
            (scan, cursor, person) =>
            {
                if (person != IdDirectory.Nobody && scan.Kernel.Follow(cursor, person) is { } attempt)
                {
                    var cell = _reader?.Of(cursor.RunOf(attempt.Entry), cursor.RowOf(attempt.Entry), person) ?? 0;
                    visit(scan.State, attempt, cell, person);
                }
            },
            _question.CancellationToken);
        return [.. scans.Select(scan => scan.State)];
    }
}
