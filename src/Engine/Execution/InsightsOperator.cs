using System.Collections.Immutable;
using NodaTime;
using Rondo.Engine.Execution.Kernels;
using Rondo.Engine.Execution.Straight;
using Rondo.Engine.Identity;
using Rondo.Engine.Planning;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Engine.Execution;

/// <summary>Counts events or distinct persons per bucket and segment.</summary>
/// <remarks>O(rows of the metric's events). With more segments than are shown, a first pass ranks them and a second counts.</remarks>
internal sealed class InsightsOperator
{
    private readonly Question _question;
    private readonly InsightsQuery _query;
    private readonly Instant[] _edges;
    private readonly long[] _edgeTimes;
    private readonly long _start;
    private readonly long _end;

    public InsightsOperator(Question question, InsightsQuery query)
    {
        _question = question;
        _query = query;
        var window = query.Range.Resolve(question.Context.Calendar, question.Context.Now);
        _edges = [.. question.Context.Calendar.BucketEdges(window, query.Unit)];
        _edgeTimes = [.. _edges.Select(edge => edge.ToUnixTimeMilliseconds())];
        _start = window.Start.ToUnixTimeMilliseconds();
        _end = window.End.ToUnixTimeMilliseconds();
    }

    private int BucketCount => _edges.Length - 1;

    public InsightsResult Execute()
    {
        var series = ImmutableArray.CreateBuilder<InsightsSeries>();
        var folded = ImmutableArray.CreateBuilder<int>();
        for (var index = 0; index < _query.Metrics.Length; index++)
        {
            var metric = Plan(_query.Metrics[index]);
            var counts = Count(metric);
            series.Add(new InsightsSeries(index, Segment.Overall, [.. counts[0].Values], counts[0].Total));
            for (var slot = 0; slot < (metric.Slots?.Shown.Length ?? 0); slot++)
            {
                series.Add(new InsightsSeries(index, metric.Slots!.Shown[slot], [.. counts[slot + 1].Values], counts[slot + 1].Total));
            }

            folded.Add(metric.Slots?.FoldedCount ?? 0);
        }

        var firstIncomplete = 0;
        while (firstIncomplete < BucketCount && _edges[firstIncomplete + 1] <= _question.Context.Now)
        {
            firstIncomplete++;
        }

        return new InsightsResult
        {
            Buckets = [.. _edges[..^1]],
            FirstIncompleteBucket = firstIncomplete,
            Series = series.ToImmutable(),
            FoldedSegments = folded.ToImmutable(),
        };
    }

    public PersonSet PeopleAt(InsightsPoint point)
    {
        var metric = Plan(_query.Metrics[point.Metric]);
        var slot = point.Segment == Segment.Overall ? 0 : (metric.Slots?.Find(point.Segment) ?? -1) + 1;
        var (start, end) = (_start, _end);
        if (point.Bucket is { } bucket)
        {
            var index = Array.IndexOf(_edges, bucket);
            if (index < 0 || index == BucketCount)
            {
                return PersonSet.Empty;
            }

            (start, end) = (Math.Max(start, _edgeTimes[index]), Math.Min(end, _edgeTimes[index + 1]));
        }

        if (slot == 0 && point.Segment != Segment.Overall)
        {
            return PersonSet.Empty;
        }

        var builders = PersonScan.Run(
            metric.Track,
            _question.View,
            _question.Threads,
            _ => new PersonSet.Builder(),
            (builder, cursor, person) =>
            {
                var times = cursor.Times;
                for (var index = TimeBuckets.LowerBound(times, start); index < times.Length && times[index] < end; index++)
                {
                    if (person != IdDirectory.Nobody && (slot == 0 || metric.SlotsOf(cursor, index, person).Contains(slot - 1)))
                    {
                        builder.Add(new PersonNumber(person));
                        return;
                    }
                }
            },
            _question.CancellationToken);
        return Union(builders);
    }

    internal static PersonSet Union(IReadOnlyList<PersonSet.Builder> builders)
    {
        var union = new PersonSet.Builder();
        foreach (var builder in builders)
        {
            union.AddAll(builder);
        }

        return union.Build();
    }

    private MetricPlan Plan(Metric metric)
    {
        var track = Track.Of(_question.View, _question.Filter, metric.Event, _query.Filter);
        if (_query.Breakdowns.IsEmpty)
        {
            return new MetricPlan(metric.Measure, track, null, null);
        }

        var reader = new SegmentReader(_question.View, _question.Context, track, _query.Breakdowns);
        return new MetricPlan(metric.Measure, track, reader, SegmentSlots.Of(reader, Weigh(metric.Measure, track, reader), _query.Limit));
    }

    /// <summary>Each segment's total over the range.</summary>
    private double[] Weigh(Measure measure, Track track, SegmentReader reader)
    {
        var states = PersonScan.Run(
            track,
            _question.View,
            _question.Threads,
            _ => new SegmentWeights(reader.Segments.Count),
            (state, cursor, person) =>
            {
                if (measure == Measure.Uniques && person == IdDirectory.Nobody)
                {
                    return;
                }

                var times = cursor.Times;
                for (var index = TimeBuckets.LowerBound(times, _start); index < times.Length && times[index] < _end; index++)
                {
                    foreach (var segment in reader.SegmentsOf(reader.Of(cursor.RunOf(index), cursor.RowOf(index), person)))
                    {
                        if (measure == Measure.Total || state.LastPerson[segment] != person)
                        {
                            state.LastPerson[segment] = person;
                            state.Weights[segment]++;
                        }
                    }
                }
            },
            _question.CancellationToken);
        var weights = new double[reader.Segments.Count];
        foreach (var state in states)
        {
            for (var segment = 0; segment < weights.Length; segment++)
            {
                weights[segment] += state.Weights[segment];
            }
        }

        return weights;
    }

    /// <summary>The overall first, then one tally per slot.</summary>
    private Tally[] Count(MetricPlan metric)
    {
        var slotCount = 1 + (metric.Slots?.Shown.Length ?? 0);
        var isUnique = metric.Measure == Measure.Uniques;
        if (metric.Slots is null && BucketCount > 0)
        {
            var straight = new StraightInsights(_question, metric.Track, new BucketTable(_edgeTimes), _start, _end);
            var (values, total) = isUnique ? straight.Uniques() : straight.Totals();
            return [new Tally(values, total)];
        }

        var states = PersonScan.Run(
            metric.Track,
            _question.View,
            _question.Threads,
            _ => Enumerable.Range(0, slotCount).Select(_ => new Tally(BucketCount)).ToArray(),
            (tallies, cursor, person) =>
            {
                if (isUnique && person == IdDirectory.Nobody)
                {
                    return;
                }

                var times = cursor.Times;
                var bucket = -1;
                for (var index = TimeBuckets.LowerBound(times, _start); index < times.Length && times[index] < _end; index++)
                {
                    if (bucket < 0 || times[index] >= _edgeTimes[bucket + 1])
                    {
                        bucket = TimeBuckets.IndexOf(_edgeTimes, times[index]);
                    }

                    tallies[0].Add(bucket, person, isUnique);
                    if (metric.Slots is not null)
                    {
                        foreach (var slot in metric.SlotsOf(cursor, index, person))
                        {
                            tallies[slot + 1].Add(bucket, person, isUnique);
                        }
                    }
                }
            },
            _question.CancellationToken);
        var combined = states[0];
        foreach (var state in states.Skip(1))
        {
            for (var slot = 0; slot < slotCount; slot++)
            {
                combined[slot].Combine(state[slot]);
            }
        }

        return combined;
    }

    private sealed record MetricPlan(Measure Measure, Track Track, SegmentReader? Reader, SegmentSlots? Slots)
    {
        public ReadOnlySpan<int> SlotsOf(TrackCursor cursor, int index, int person) => Slots!.SlotsOf(Reader!.Of(cursor.RunOf(index), cursor.RowOf(index), person));
    }

    private sealed class SegmentWeights
    {
        public SegmentWeights(int segmentCount)
        {
            Weights = new long[segmentCount];
            LastPerson = new int[segmentCount];
            Array.Fill(LastPerson, -1);
        }

        public long[] Weights { get; }

        public int[] LastPerson { get; }
    }

    /// <summary>Counts of one segment; persons come in ascending order, so one remembered person per bucket makes them distinct.</summary>
    private sealed class Tally
    {
        private readonly int[] _lastPerson;
        private int _lastPersonOfRange = -1;

        public Tally(long[] values, long total)
        {
            (Values, Total) = (values, total);
            _lastPerson = [];
        }

        public Tally(int bucketCount)
        {
            Values = new long[bucketCount];
            _lastPerson = new int[bucketCount];
            Array.Fill(_lastPerson, -1);
        }

        public long[] Values { get; }

        public long Total { get; private set; }

        public void Add(int bucket, int person, bool isUnique)
        {
            if (!isUnique)
            {
                Values[bucket]++;
                Total++;
                return;
            }

            if (_lastPerson[bucket] != person)
            {
                _lastPerson[bucket] = person;
                Values[bucket]++;
            }

            if (_lastPersonOfRange != person)
            {
                _lastPersonOfRange = person;
                Total++;
            }
        }

        public void Combine(Tally other)
        {
            Total += other.Total;
            for (var bucket = 0; bucket < Values.Length; bucket++)
            {
                Values[bucket] += other.Values[bucket];
            }
        }
    }
}
