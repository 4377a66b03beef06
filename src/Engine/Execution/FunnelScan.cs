using NodaTime;
using Rondo.Engine.Execution.Kernels;
using Rondo.Engine.Identity;
using Rondo.Model.Queries;

namespace Rondo.Engine.Execution;

/// <summary>Where an attempt counts.</summary>
/// <param name="Interval">Number of the trend's interval; −1 for the whole range.</param>
/// <param name="Slot">Number of the segment as shown; −1 for all together.</param>
internal readonly record struct FunnelPlace(int Interval, int Slot);

/// <summary>Visits every attempt that counts, wherever it counts.</summary>
internal sealed class FunnelScan
{
    private readonly FunnelPlan _plan;
    private readonly FunnelAttribution _attribution;
    private readonly long _start;
    private readonly long _end;
    private readonly long[] _intervalEdges;

    public FunnelScan(FunnelPlan plan, FunnelAttribution attribution)
    {
        _plan = plan;
        _attribution = attribution;
        var (context, query) = (plan.Question.Context, plan.Query);
        var window = query.Range.Resolve(context.Calendar, context.Now);
        _start = window.Start.ToUnixTimeMilliseconds();
        _end = window.End.ToUnixTimeMilliseconds();
        Edges = query.TrendUnit is { } unit ? [.. context.Calendar.BucketEdges(window, unit)] : [];
        _intervalEdges = [.. Edges.Select(edge => edge.ToUnixTimeMilliseconds())];
    }

    /// <summary>First millisecond in which an attempt may begin.</summary>
    public long Start => _start;

    /// <summary>Its end, not included.</summary>
    public long End => _end;

    /// <summary>The edges of the trend's intervals; empty without one.</summary>
    public Instant[] Edges { get; }

    public int IntervalCount => Math.Max(0, Edges.Length - 1);

    /// <summary>Called with a state, where the attempt counts, the person's events and the attempt's path.</summary>
    public delegate void Visit<in TState>(TState state, FunnelPlace place, FunnelEvents events, ReadOnlySpan<int> path);

    /// <param name="makeState">Makes a thread's state, from the first person of its range on.</param>
    /// <param name="slots">The segments looked at; null for none.</param>
    /// <param name="visit">Looks at one attempt.</param>
    public IReadOnlyList<TState> Run<TState>(Func<int, TState> makeState, SegmentPlaces? slots, Visit<TState> visit)
    {
        var question = _plan.Question;
        var scans = PersonScan.Run(
            _plan.Driver,
            question.View,
            question.Threads,
            firstPerson => new ThreadScan<TState>(this, new FunnelEvents(_plan, firstPerson), makeState(firstPerson), slots, visit),
            (scan, cursor, person) =>
            {
                if (person != IdDirectory.Nobody)
                {
                    scan.Look(cursor, person);
                }
            },
            question.CancellationToken);
        return [.. scans.Select(scan => scan.State)];
    }

    /// <summary>Ranks the segments by their entries over the whole range; null without a breakdown.</summary>
    public ShownSegments? Segments()
    {
        if (!_attribution.HasSegments)
        {
            return null;
        }

        var states = Run(_ => new List<long>(), new SegmentPlaces(null), (weights, place, _, _) =>
        {
            if (place is { Interval: < 0, Slot: >= 0 })
            {
                while (weights.Count <= place.Slot)
                {
                    weights.Add(0);
                }

                weights[place.Slot]++;
            }
        });
        var total = new long[_attribution.Segments.Count];
        foreach (var weights in states)
        {
            for (var segment = 0; segment < weights.Count; segment++)
            {
                total[segment] += weights[segment];
            }
        }

        return ShownSegments.Of(_attribution.Segments, total, _plan.Query.Limit);
    }

    private sealed class ThreadScan<TState>(FunnelScan scan, FunnelEvents events, TState state, SegmentPlaces? slots, Visit<TState> visit)
    {
        private readonly FunnelKernel _kernel = new(scan._plan, events);
        private readonly bool _isUnique = scan._plan.Query.Counting == FunnelCounting.Uniques;
        private readonly FunnelAttribution.Finder _finder = scan._attribution.NewFinder();
        private long[] _lastLook = new long[16];
        private long _look;

        public TState State => state;

        public void Look(Planning.TrackCursor cursor, int person)
        {
            events.MoveTo(cursor, person);
            LookAt(-1, scan._start, scan._end);
            if (scan.IntervalCount == 0)
            {
                return;
            }

            var interval = -1;
            foreach (var entry in events.Entries)
            {
                var time = events.Times[entry];
                if (time >= scan._start && time < scan._end && TimeBuckets.IndexOf(scan._intervalEdges, time) is var its && its != interval)
                {
                    interval = its;
                    LookAt(interval, Math.Max(scan._start, scan._intervalEdges[interval]), Math.Min(scan._end, scan._intervalEdges[interval + 1]));
                }
            }
        }

        private void LookAt(int interval, long start, long end)
        {
            _look++;
            _kernel.Follow(start, end, onlyFirst: _isUnique && slots is null);
            var isFirst = true;
            foreach (var attempt in _kernel.Attempts)
            {
                var path = _kernel.PathOf(attempt);
                var counts = scan._attribution.LetsThrough(events, path);
                if (counts && (isFirst || !_isUnique))
                {
                    visit(state, new FunnelPlace(interval, -1), events, path);
                }

                isFirst = false;
                if (slots is not null)
                {
                    VisitSegments(interval, path, counts);
                }
            }
        }

        private void VisitSegments(int interval, ReadOnlySpan<int> path, bool counts)
        {
            // A person counts once per look in a segment, an attempt once even where several of its segments are shown as one.
            _look += _isUnique ? 0 : 1;
            foreach (var segment in _finder.SegmentsOf(events, path))
            {
                var slot = slots!.SlotOf is { } slotOf ? slotOf[segment] : segment;
                if (slot >= _lastLook.Length)
                {
                    Array.Resize(ref _lastLook, Math.Max(slot + 1, _lastLook.Length * 2));
                }

                if (slot < 0 || _lastLook[slot] == _look)
                {
                    continue;
                }

                // What fails the filter has still been the person's one attempt in the segment.
                _lastLook[slot] = _look;
                if (counts)
                {
                    visit(state, new FunnelPlace(interval, slot), events, path);
                }
            }
        }
    }
}

/// <summary>Where segments are counted.</summary>
/// <param name="SlotOf">Per number of a segment its slot; null when every segment is its own.</param>
internal sealed record SegmentPlaces(int[]? SlotOf);
