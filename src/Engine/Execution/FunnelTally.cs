using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Rondo.Engine.Execution.Kernels;
using Rondo.Model.Queries;

namespace Rondo.Engine.Execution;

/// <summary>What a thread has counted of one segment. Combining is commutative.</summary>
/// <param name="query">The question.</param>
/// <param name="intervalCount">Intervals of the trend.</param>
/// <param name="numbers">What is summed per step; null for nothing.</param>
internal sealed class FunnelTally(FunnelQuery query, int intervalCount, FunnelNumbers? numbers = null)
{
    private readonly int _stepCount = query.Steps.Length;
    private readonly long[] _reached = new long[query.Steps.Length];
    private readonly long[] _millisecondsFromPrevious = new long[query.Steps.Length];
    private readonly long[] _millisecondsFromFirst = new long[query.Steps.Length];
    private readonly long[] _trend = new long[query.Steps.Length * intervalCount];
    private readonly double[] _sums = new double[query.Steps.Length];
    private readonly List<long> _milliseconds = [];

    public void Add(int interval, FunnelEvents events, ReadOnlySpan<int> path)
    {
        var times = events.Times;
        if (interval >= 0)
        {
            for (var step = 0; step < _stepCount; step++)
            {
                _trend[(interval * _stepCount) + step] += path[step] >= 0 ? 1 : 0;
            }

            return;
        }

        var previous = times[path[0]];
        for (var step = 0; step < _stepCount; step++)
        {
            if (path[step] >= 0)
            {
                var time = times[path[step]];
                _reached[step]++;
                _millisecondsFromPrevious[step] += time - previous;
                _millisecondsFromFirst[step] += time - times[path[0]];
                _sums[step] += numbers?.Of(events, path[step]) ?? 0;
                previous = time;
            }
        }

        if (query.TimeToConvert is { } pair && LengthOf(pair, times, path) is { } length)
        {
            _milliseconds.Add(length);
        }
    }

    /// <summary>Adds what was counted elsewhere.</summary>
    /// <param name="counts">Per step the persons, milliseconds from the previous step, milliseconds from the first.</param>
    public void Add(ReadOnlySpan<long> counts)
    {
        for (var step = 0; step < _stepCount; step++)
        {
            _reached[step] += counts[step * 3];
            _millisecondsFromPrevious[step] += counts[(step * 3) + 1];
            _millisecondsFromFirst[step] += counts[(step * 3) + 2];
        }
    }

    /// <summary>Milliseconds from one step to the other; null when the attempt did not reach both.</summary>
    public static long? LengthOf(StepPair pair, ReadOnlySpan<long> times, ReadOnlySpan<int> path)
    {
        var (from, to) = (path[pair.From], path[pair.To ?? path.Length - 1]);
        return from < 0 || to < 0 ? null : times[to] - times[from];
    }

    public void Combine(FunnelTally other)
    {
        for (var step = 0; step < _stepCount; step++)
        {
            _reached[step] += other._reached[step];
            _sums[step] += other._sums[step];
            _millisecondsFromPrevious[step] += other._millisecondsFromPrevious[step];
            _millisecondsFromFirst[step] += other._millisecondsFromFirst[step];
        }

        for (var cell = 0; cell < _trend.Length; cell++)
        {
            _trend[cell] += other._trend[cell];
        }

        _milliseconds.AddRange(other._milliseconds);
    }

    /// <param name="segment">What was counted.</param>
    /// <param name="overall">All together; null when that is what was counted.</param>
    /// <param name="control">The segment compared with, where one was chosen.</param>
    public FunnelSegment Show(Segment segment, FunnelTally? overall, FunnelTally? control = null) => new(segment, Steps())
    {
        Trend = [.. Enumerable.Range(0, intervalCount).Select(interval => _trend.AsSpan(interval * _stepCount, _stepCount).ToImmutableArray())],
        Times = query.TimeToConvert is null ? null : Times(),
        Confidence = overall is null ? null : query.Control is null ? ConfidenceAgainst(overall._reached[0], overall._reached[^1])
            : control is null || control == this ? null : ConfidenceAgainst(_reached[0] + control._reached[0], _reached[^1] + control._reached[^1]),
    };

    private double? ConfidenceAgainst(long allEntries, long allConversions) => Significance.Confidence(_reached[0], _reached[^1], allEntries, allConversions);

    private ImmutableArray<FunnelStep> Steps()
    {
        var steps = ImmutableArray.CreateBuilder<FunnelStep>(_stepCount);
        var before = 0;
        for (var step = 0; step < _stepCount; step++)
        {
            var count = _reached[step];
            var hasTimes = step > 0 && count > 0;
            steps.Add(new FunnelStep(
                count,
                step == 0 ? 1 : Ratio(count, _reached[before]),
                Ratio(count, _reached[0]),
                hasTimes ? _millisecondsFromPrevious[step] / 1000.0 / count : null,
                hasTimes ? _millisecondsFromFirst[step] / 1000.0 / count : null) { Sum = query.Sum is null ? null : _sums[step] });
            before = query.Optional.Contains(step) ? before : step;
        }

        return steps.MoveToImmutable();
    }

    private FunnelTimes Times()
    {
        _milliseconds.Sort();
        var sorted = CollectionsMarshal.AsSpan(_milliseconds);
        var buckets = new long[TimeToConvertBuckets.Edges.Length];
        foreach (var milliseconds in sorted)
        {
            buckets[TimeToConvertBuckets.IndexOf(milliseconds)]++;
        }

        return sorted.Length == 0
            ? new FunnelTimes(0, null, null, null, null, null, null, null, [.. buckets])
            : new FunnelTimes(
                sorted.Length, _milliseconds.Sum() / 1000.0 / sorted.Length, sorted[0] / 1000.0, sorted[^1] / 1000.0,
                Percentile(sorted, 0.25), Percentile(sorted, 0.5), Percentile(sorted, 0.75), Percentile(sorted, 0.9), [.. buckets]);
    }

    private static double Percentile(ReadOnlySpan<long> sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return (sorted[below] + ((sorted[above] - sorted[below]) * (place - below))) / 1000.0;
    }

    private static double? Ratio(long count, long of) => of == 0 ? null : (double)count / of;
}
