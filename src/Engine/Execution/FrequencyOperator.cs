using System.Collections.Immutable;
using NodaTime;
using Rondo.Engine.Execution.Kernels;
using Rondo.Engine.Identity;
using Rondo.Engine.Planning;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Engine.Execution;

/// <summary>Counts on how many hours or days of each period people were active.</summary>
/// <remarks>O(events of the range). With a breakdown a first pass ranks the segments and a second counts.</remarks>
internal sealed class FrequencyOperator
{
    private readonly Question _question;
    private readonly FrequencyQuery _query;
    private readonly Track _track;
    private readonly SegmentReader? _segments;
    private readonly Instant[] _periods;
    private readonly long[] _periodTimes;
    private readonly long[] _partTimes;
    private readonly long _start;
    private readonly long _end;
    private readonly int _columnCount;

    public FrequencyOperator(Question question, FrequencyQuery query)
    {
        _question = question;
        _query = query;
        _track = Track.Of(question.View, question.Filter, query.Event, query.Filter);
        _segments = query.Breakdowns.IsEmpty ? null : new SegmentReader(question, _track, query.Breakdowns);
        var calendar = question.Context.Calendar;
        var window = query.Range.Resolve(calendar, question.Context.Now);
        _periods = [.. calendar.BucketEdges(window, query.Period)];
        _periodTimes = [.. _periods.Select(edge => edge.ToUnixTimeMilliseconds())];
        _partTimes = [.. calendar.BucketEdges(new Model.Time.TimeWindow(_periods[0], _periods[^1]), query.Within).Select(edge => edge.ToUnixTimeMilliseconds())];
        _start = window.Start.ToUnixTimeMilliseconds();
        _end = window.End.ToUnixTimeMilliseconds();
        _columnCount = Enumerable.Range(0, PeriodCount).Max(period => TimeBuckets.LowerBound(_partTimes, _periodTimes[period + 1]) - TimeBuckets.LowerBound(_partTimes, _periodTimes[period]));
    }

    private int PeriodCount => _periods.Length - 1;

    private int CompletePeriods => _periods.Skip(1).Count(end => end <= _question.Context.Now);

    public FrequencyResult Execute()
    {
        var slots = Slots();
        var slotCount = slots?.Shown.Length ?? 0;
        var states = Scan(
            slots,
            () => new long[slotCount + 1, PeriodCount, _columnCount],
            (counts, slot, period, count, _) => counts[slot, period, count - 1]++);
        return new FrequencyResult(
            [.. Enumerable.Range(0, slotCount + 1).Select(slot => Show(slot == 0 ? Segment.Overall : slots!.Shown[slot - 1], states, slot))],
            slots?.FoldedCount ?? 0,
            CompletePeriods);
    }

    public PersonSet PeopleAt(FrequencyPoint point)
    {
        var slots = point.Segment == Segment.Overall ? null : Slots();
        var slot = slots is null ? 0 : slots.Find(point.Segment) + 1;
        var period = Array.IndexOf(_periods, point.Row, 0, PeriodCount);
        if (period < 0 || (slots is not null && slot == 0))
        {
            return PersonSet.Empty;
        }

        var builders = Scan(
            slots,
            () => new PersonSet.Builder(),
            (builder, its, when, count, person) =>
            {
                if (its == slot && when == period && (_query.Comparison == CountComparison.Exactly ? count == point.Count : count >= point.Count))
                {
                    builder.Add(new PersonNumber(person));
                }
            });
        return InsightsOperator.Union(builders);
    }

    private SegmentSlots? Slots()
    {
        if (_segments is null)
        {
            return null;
        }

        var segmentCount = _segments.Segments.Count;
        var states = Scan(null, () => new long[segmentCount], (weights, slot, _, _, _) =>
        {
            if (slot > 0)
            {
                weights[slot - 1]++;
            }
        });
        return SegmentSlots.Of(_segments, [.. Enumerable.Range(0, segmentCount).Select(segment => (double)states.Sum(weights => weights[segment]))], _query.Limit);
    }

    private FrequencySegment Show(Segment segment, IReadOnlyList<long[,,]> states, int slot)
    {
        var rows = ImmutableArray.CreateBuilder<FrequencyRow>(PeriodCount);
        for (var period = 0; period < PeriodCount; period++)
        {
            var counts = new long[_columnCount];
            long size = 0;
            for (var column = _columnCount - 1; column >= 0; column--)
            {
                var exactly = states.Sum(state => state[slot, period, column]);
                size += exactly;
                counts[column] = _query.Comparison == CountComparison.Exactly ? exactly : size;
            }

            rows.Add(new FrequencyRow(_periods[period], size, [.. counts]));
        }

        var complete = rows.Take(CompletePeriods).ToList();
        var active = complete.Sum(row => row.Size);
        return new FrequencySegment(segment, rows.MoveToImmutable(), [.. Enumerable.Range(0, _columnCount).Select(column => active == 0 ? (double?)null : (double)complete.Sum(row => row.Counts[column]) / active)]);
    }

    /// <summary>Calls <paramref name="visit"/> with state, slot (0 is all together), period, number of hours or days, and person.</summary>
    private IReadOnlyList<TState> Scan<TState>(SegmentSlots? slots, Func<TState> makeState, Action<TState, int, int, int, int> visit)
    {
        var slotCount = slots?.Shown.Length ?? _segments?.Segments.Count ?? 0;
        var reading = new EventReading(null, _segments, slots, slotCount);
        var scans = PersonScan.Run(
            _track,
            _question.View,
            _question.Threads,
            _ => (State: makeState(), LastPart: new int[slotCount + 1], Counts: new int[slotCount + 1], Touched: new List<int>()),
            (scan, cursor, person) =>
            {
                if (person == IdDirectory.Nobody)
                {
                    return;
                }

                void End(int period)
                {
                    foreach (var slot in scan.Touched)
                    {
                        visit(scan.State, slot, period, scan.Counts[slot], person);
                        scan.Counts[slot] = 0;
                    }

                    scan.Touched.Clear();
                }

                void Note(int slot, int part)
                {
                    if (scan.Counts[slot] == 0)
                    {
                        scan.Touched.Add(slot);
                    }

                    if (scan.Counts[slot] == 0 || scan.LastPart[slot] != part)
                    {
                        scan.LastPart[slot] = part;
                        scan.Counts[slot]++;
                    }
                }

                var times = cursor.Times;
                var (period, part) = (-1, -1);
                for (var index = TimeBuckets.LowerBound(times, _start); index < times.Length && times[index] < _end; index++)
                {
                    var time = times[index];
                    if (period < 0 || time >= _periodTimes[period + 1])
                    {
                        End(period);
                        period = TimeBuckets.IndexOf(_periodTimes, time);
                    }

                    if (part < 0 || time >= _partTimes[part + 1])
                    {
                        part = TimeBuckets.IndexOf(_partTimes, time);
                    }

                    Note(0, part);
                    if (_segments is not null)
                    {
                        foreach (var slot in reading.SlotsOf(cursor, index, person))
                        {
                            Note(slot + 1, part);
                        }
                    }
                }

                End(period);
            },
            _question.CancellationToken);
        return [.. scans.Select(scan => scan.State)];
    }
}
