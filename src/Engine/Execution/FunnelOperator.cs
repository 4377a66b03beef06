using System.Collections.Immutable;
using Rondo.Engine.Execution.Kernels;
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
        _reader = query.Breakdowns.IsEmpty ? null : new SegmentReader(question.View, _steps[0], query.Breakdowns[0]);
        var window = query.Range.Resolve(question.Context.Calendar, question.Context.Now);
        _start = window.Start.ToUnixTimeMilliseconds();
        _end = window.End.ToUnixTimeMilliseconds();
    }

    public FunnelResult Execute()
    {
        var (overall, bySegment) = Count();
        var segments = ImmutableArray.CreateBuilder<FunnelSegment>();
        segments.Add(new FunnelSegment(Segment.Overall, overall.Steps()));
        var slots = Slots(bySegment);
        for (var slot = 0; slot < (slots?.Shown.Length ?? 0); slot++)
        {
            var tally = new FunnelTally(_steps.Length);
            foreach (var (segment, counted) in bySegment)
            {
                if (slots!.SlotOf[segment] == slot)
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
        var slots = point.Segment == Segment.Overall ? null : Slots(Count().BySegment);
        var slot = slots?.Find(point.Segment) ?? -1;
        if (point.Segment != Segment.Overall && slot < 0)
        {
            return PersonSet.Empty;
        }

        var builders = Scan(
            () => new PersonSet.Builder(),
            (builder, attempt, segment, person) =>
            {
                var isMeant = point.Outcome == FunnelOutcome.Converted ? attempt.Reached > point.Step : attempt.Reached == point.Step;
                if (isMeant && (slots is null || slots.SlotOf[segment] == slot))
                {
                    builder.Add(new PersonNumber(person));
                }
            });
        return InsightsOperator.Union(builders);
    }

    private SegmentSlots? Slots(Dictionary<int, FunnelTally> bySegment)
    {
        if (_reader is null)
        {
            return null;
        }

        var weights = new long[_reader.Segments.Count];
        foreach (var (segment, tally) in bySegment)
        {
            weights[segment] = tally.Entries;
        }

        return SegmentSlots.Of(_reader.Segments, weights, _query.Limit);
    }

    private (FunnelTally Overall, Dictionary<int, FunnelTally> BySegment) Count()
    {
        var states = Scan(
            () => new Dictionary<int, FunnelTally>(),
            (tallies, attempt, segment, _) =>
            {
                if (!tallies.TryGetValue(segment, out var tally))
                {
                    tallies.Add(segment, tally = new FunnelTally(_steps.Length));
                }

                tally.Add(attempt);
            });
        var overall = new FunnelTally(_steps.Length);
        var bySegment = new Dictionary<int, FunnelTally>();
        foreach (var (segment, tally) in states.SelectMany(state => state))
        {
            overall.Combine(tally);
            if (!bySegment.TryGetValue(segment, out var combined))
            {
                bySegment.Add(segment, combined = new FunnelTally(_steps.Length));
            }

            combined.Combine(tally);
        }

        return (overall, bySegment);
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
                    var segment = _reader?.Of(cursor.RunOf(attempt.Entry), cursor.RowOf(attempt.Entry), person) ?? 0;
                    visit(scan.State, attempt, segment, person);
                }
            },
            _question.CancellationToken);
        return [.. scans.Select(scan => scan.State)];
    }
}
