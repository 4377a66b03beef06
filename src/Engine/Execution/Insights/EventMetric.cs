using System.Collections.Immutable;
using Rondo.Engine.Execution.Kernels;
using Rondo.Engine.Execution.Straight;
using Rondo.Engine.Identity;
using Rondo.Engine.Planning;
using Rondo.Model.Events;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Engine.Execution.Insights;

/// <summary>One metric over events, planned: counts it over a time axis for the places an event can count in.</summary>
/// <remarks>O(rows of the metric's events), plus sorting for percentiles. Sessions read the timeline of the persons who did it.</remarks>
internal sealed class EventMetric
{
    private readonly Question _question;
    private readonly Metric _metric;
    private readonly Track _track;
    private readonly SessionPlan? _sessions;
    private readonly SegmentReader? _segments;
    private readonly PropertyReader? _property;

    public EventMetric(Question question, InsightsQuery query, Metric metric)
    {
        _question = question;
        _metric = metric;
        _track = Track.Of(question.View, question.Filter, metric.Event!, query.Filter);
        _sessions = metric.Measure == Measure.Sessions ? new SessionPlan(question) : null;
        _segments = query.Breakdowns.IsEmpty ? null : new SegmentReader(question, _track, query.Breakdowns);
        _property = metric.Property is { } property ? new PropertyReader(question.Filter.Values, _track, property.Source, property.Property) : null;
    }

    private bool NeedsPerson => _metric.PerPerson is not null
        || _metric.Measure is Measure.Uniques or Measure.DailyActive or Measure.WeeklyActive or Measure.MonthlyActive or Measure.CumulativeUniques or Measure.Sessions;

    private bool NeedsValue => _metric.Measure == Measure.DistinctValues || _metric.PerPerson == PerPerson.DistinctValues;

    private int TrailingDays => _metric.Measure switch { Measure.DailyActive => 1, Measure.WeeklyActive => 7, Measure.MonthlyActive => 30, _ => 0 };

    /// <summary>The segments to show over the range, largest first; null without a breakdown. A pass of its own.</summary>
    public SegmentSlots? Rank(TimeAxis axis, int limit)
    {
        if (_segments is null)
        {
            return null;
        }

        var whole = TimeAxis.Whole(axis.Calendar, axis.Window);
        var ranking = _metric with
        {
            Measure = _metric.PerPerson is not null || TrailingDays > 0 || _metric.Measure == Measure.CumulativeUniques ? Measure.Uniques
                : _metric.Measure is Measure.Median or Measure.Percentile ? Measure.Average
                : _metric.Measure,
            PerPerson = null,
        };
        var tallies = Count(whole, ranking, _segments.Segments.Count, cell => _segments.SegmentsOf(cell));
        var weights = tallies.Skip(1).Select(tally => tally is NumberTally numbers && ranking.Measure == Measure.Average ? numbers.Count : tally.Total ?? 0);
        return SegmentSlots.Of(_segments, [.. weights], limit, [.. tallies.Skip(1).Select(tally => tally.IsEmpty)]);
    }

    /// <summary>The slots of segments that another metric chose: those it shows, and everything else as "other" if it has that.</summary>
    public SegmentSlots? Adopt(ImmutableArray<Segment> shown)
    {
        if (_segments is null)
        {
            return null;
        }

        var hasOther = shown is [.., { Kind: SegmentKind.Other }];
        return SegmentSlots.Of(_segments, hasOther ? shown[..^1] : shown, hasOther ? 1 : 0);
    }

    /// <summary>The overall first, then one tally per slot.</summary>
    public Tally[] Count(TimeAxis axis, SegmentSlots? slots)
    {
        if (slots is null && axis is { Lead: 0, BucketCount: > 0 } && _metric is { Measure: Measure.Uniques or Measure.Total, PersonSegment: PersonSegment.All })
        {
            var straight = new StraightInsights(_question, _track, axis.Table(), axis.Start, axis.End);
            var (values, total) = _metric.Measure == Measure.Uniques ? straight.Uniques() : straight.Totals();
            return [new CountedTally(values, total)];
        }

        return Count(axis, _metric, slots?.Shown.Length ?? 0, cell => slots!.SlotsOf(cell));
    }

    /// <summary>Persons with an event of a slot (null: of any) in the window.</summary>
    public PersonSet.Builder[] PeopleIn(TimeAxis axis, int? bucket, SegmentSlots? slots, int? slot)
    {
        var (start, end) = SpanOf(axis, bucket);
        return PersonScan.Run(
            _track,
            _question.View,
            _question.Threads,
            _ => new PersonSet.Builder(),
            (builder, cursor, person) =>
            {
                var times = cursor.Times;
                var first = TimeBuckets.LowerBound(times, start);
                var last = TimeBuckets.LowerBound(times, end) - 1;
                if (person == IdDirectory.Nobody || first > last)
                {
                    return;
                }

                (first, last) = _metric.PersonSegment switch
                {
                    PersonSegment.First => (first, first),
                    PersonSegment.Last => (last, last),
                    _ => (first, last),
                };
                for (var index = first; index <= last; index++)
                {
                    if (slot is null || slots!.Holds(CellOf(cursor, index, person), slot.Value))
                    {
                        builder.Add(new PersonNumber(person));
                        return;
                    }
                }
            },
            _question.CancellationToken);
    }

    private (long Start, long End) SpanOf(TimeAxis axis, int? bucket)
    {
        if (TrailingDays > 0)
        {
            var (starts, ends) = axis.Trailing(TrailingDays);
            return (starts[bucket ?? ^1], ends[bucket ?? ^1]);
        }

        if (bucket is not { } one)
        {
            return (axis.Start, axis.End);
        }

        var end = Math.Min(axis.End, axis.EndOf(one));
        return _metric.Measure == Measure.CumulativeUniques ? (axis.Start, end) : (Math.Max(axis.Start, axis.Edges[one].ToUnixTimeMilliseconds()), end);
    }

    private int CellOf(TrackCursor cursor, int index, int person) => _segments!.Of(cursor.RunOf(index), cursor.RowOf(index), person);

    private Tally NewTally(TimeAxis axis, Metric metric)
    {
        if (metric.PerPerson is not null)
        {
            return new PerPersonTally(axis.BucketCount, metric);
        }

        switch (metric.Measure)
        {
            case Measure.Total: return new EventTally(axis.BucketCount);
            case Measure.Uniques or Measure.CumulativeUniques: return new PersonTally(axis.BucketCount, metric.Measure == Measure.CumulativeUniques);
            case Measure.Sessions: return new SessionTally(axis.BucketCount);
            case Measure.DistinctValues: return new DistinctTally(axis.BucketCount);
            case Measure.DailyActive or Measure.WeeklyActive or Measure.MonthlyActive:
                var (starts, ends) = axis.Trailing(TrailingDays);
                return new ActiveTally(starts, ends);
            default: return new NumberTally(axis.BucketCount, metric.Measure, metric.Percentile ?? 0);
        }
    }

    private delegate ReadOnlySpan<int> Places(int cell);

    private Tally[] Count(TimeAxis axis, Metric metric, int placeCount, Places placesOf)
    {
        var isActive = metric.Measure is Measure.DailyActive or Measure.WeeklyActive or Measure.MonthlyActive;
        var (starts, ends) = isActive ? axis.Trailing(TrailingDays) : ([axis.First], [axis.End]);
        var (first, end) = (starts[0], ends[^1]);
        var states = PersonScan.Run(
            _track,
            _question.View,
            _question.Threads,
            firstPerson => (
                Tallies: Enumerable.Range(0, placeCount + 1).Select(_ => NewTally(axis, metric)).ToArray(),
                Touched: new List<Tally>(),
                Sessions: metric.Measure == Measure.Sessions ? _sessions!.CursorFrom(firstPerson) : null),
            (state, cursor, person) =>
            {
                var times = cursor.Times;
                var index = TimeBuckets.LowerBound(times, first);
                if (index == times.Length || times[index] >= end || (NeedsPerson && person == IdDirectory.Nobody))
                {
                    return;
                }

                state.Sessions?.MoveTo(person);
                for (; index < times.Length && times[index] < end; index++)
                {
                    var time = times[index];
                    var bucket = isActive ? -1 : axis.BucketOf(time);
                    var isInRange = time >= axis.Start && time < axis.End;
                    if (metric.PersonSegment != PersonSegment.All)
                    {
                        (bucket, isInRange) = CountsOnce(axis, metric.PersonSegment, times, index, bucket, isInRange);
                    }

                    var (run, row) = (cursor.RunOf(index), cursor.RowOf(index));
                    var value = NeedsValue ? _property!.Of(run, row, person) : default;
                    var number = _property is null || NeedsValue ? double.NaN : _property.NumberOf(run, row, person);
                    var occurrence = new Occurrence(bucket, isInRange, person, time, number, state.Sessions?.Of(cursor, index) ?? -1);
                    Add(state.Tallies[0], occurrence, value);
                    if (placeCount > 0)
                    {
                        foreach (var place in placesOf(CellOf(cursor, index, person)))
                        {
                            Add(state.Tallies[place + 1], occurrence, value);
                            if (metric.PerPerson is not null)
                            {
                                state.Touched.Add(state.Tallies[place + 1]);
                            }
                        }
                    }
                }

                if (metric.PerPerson is not null)
                {
                    state.Tallies[0].EndPerson();
                    state.Touched.ForEach(tally => tally.EndPerson());
                    state.Touched.Clear();
                }
            },
            _question.CancellationToken);
        var combined = states[0].Tallies;
        foreach (var (tallies, _, _) in states.Skip(1))
        {
            for (var place = 0; place < combined.Length; place++)
            {
                combined[place].Combine(tallies[place]);
            }
        }

        return combined;
    }

    private static void Add(Tally tally, in Occurrence occurrence, PropertyValue value)
    {
        switch (tally)
        {
            case DistinctTally distinct: distinct.Value = value; break;
            case PerPersonTally perPerson: perPerson.Value = value; break;
        }

        tally.Add(occurrence);
    }

    /// <summary>An event counts for its bucket if it is the person's first (or last) in it, and likewise for the range.</summary>
    private static (int Bucket, bool IsInRange) CountsOnce(TimeAxis axis, PersonSegment which, ReadOnlySpan<long> times, int index, int bucket, bool isInRange)
    {
        var neighbour = which == PersonSegment.First ? index - 1 : index + 1;
        if (neighbour < 0 || neighbour >= times.Length)
        {
            return (bucket, isInRange);
        }

        var time = times[neighbour];
        var isNeighbourInRange = time >= axis.Start && time < axis.End;
        var isNeighbourOnAxis = time >= axis.First && time < axis.End;
        return (isNeighbourOnAxis && axis.BucketOf(time) == bucket ? -1 : bucket, isInRange && !isNeighbourInRange);
    }
}
