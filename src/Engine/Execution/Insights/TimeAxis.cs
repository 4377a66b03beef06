using NodaTime;
using Rondo.Engine.Execution.Kernels;
using Rondo.Model.Time;

namespace Rondo.Engine.Execution.Insights;

/// <summary>The buckets that one metric is counted in: those shown, and for a rolling average some before them.</summary>
internal sealed class TimeAxis
{
    private readonly long[] _edges;

    /// <param name="calendar">Where buckets begin.</param>
    /// <param name="window">The range of the report.</param>
    /// <param name="unit">The size of a bucket.</param>
    /// <param name="lead">Buckets before the range.</param>
    public TimeAxis(ProjectCalendar calendar, TimeWindow window, CalendarUnit unit, int lead)
    {
        Calendar = calendar;
        Window = window;
        Lead = lead;
        var edges = calendar.BucketEdges(window, unit).ToList();
        for (var bucket = 0; bucket < lead; bucket++)
        {
            edges.Insert(0, calendar.StartOf(edges[0] - Duration.Epsilon, unit));
        }

        Edges = [.. edges];
        _edges = [.. edges.Select(edge => edge.ToUnixTimeMilliseconds())];
        Start = window.Start.ToUnixTimeMilliseconds();
        End = window.End.ToUnixTimeMilliseconds();
    }

    /// <summary>The whole range as one bucket.</summary>
    public static TimeAxis Whole(ProjectCalendar calendar, TimeWindow window) => new(calendar, window);

    private TimeAxis(ProjectCalendar calendar, TimeWindow window)
    {
        Calendar = calendar;
        Window = window;
        Edges = [window.Start, window.End];
        (Start, End) = (window.Start.ToUnixTimeMilliseconds(), window.End.ToUnixTimeMilliseconds());
        _edges = [Start, End];
    }

    public ProjectCalendar Calendar { get; }

    public TimeWindow Window { get; }

    /// <summary>Starts of all buckets and the end of the last.</summary>
    public Instant[] Edges { get; }

    public int BucketCount => _edges.Length - 1;

    /// <summary>How many of the buckets lie before those shown.</summary>
    public int Lead { get; }

    /// <summary>Starts of the buckets shown.</summary>
    public ReadOnlySpan<Instant> Shown => Edges.AsSpan(Lead, BucketCount - Lead);

    /// <summary>First instant of the range, milliseconds.</summary>
    public long Start { get; }

    /// <summary>End of the range, milliseconds, not included.</summary>
    public long End { get; }

    /// <summary>First instant that any bucket looks at: nothing before the range without a lead.</summary>
    public long First => Lead == 0 ? Start : _edges[0];

    public long EndOf(int bucket) => _edges[bucket + 1];

    /// <summary>The buckets as a table.</summary>
    public BucketTable Table() => new(_edges);

    /// <summary>The bucket of a time of the axis; −1 for one that belongs to none, because the first bucket shown begins before the range.</summary>
    public int BucketOf(long time)
    {
        var bucket = TimeBuckets.IndexOf(_edges, time);
        return bucket == Lead && time < Start ? -1 : bucket;
    }

    /// <summary>Per bucket the whole days up to its last one, that of the range at most: first instants and ends, milliseconds.</summary>
    public (long[] Starts, long[] Ends) Trailing(int days)
    {
        var (starts, ends) = (new long[BucketCount], new long[BucketCount]);
        for (var bucket = 0; bucket < starts.Length; bucket++)
        {
            var (start, end) = TrailingOf(Edges[bucket + 1], days);
            (starts[bucket], ends[bucket]) = (start.ToUnixTimeMilliseconds(), end.ToUnixTimeMilliseconds());
        }

        return (starts, ends);
    }

    private (Instant Start, Instant End) TrailingOf(Instant end, int days)
    {
        var last = Calendar.DateOf((end < Window.End ? end : Window.End) - Duration.Epsilon);
        return (Calendar.StartOf(last.PlusDays(1 - days)), Calendar.StartOf(last.PlusDays(1)));
    }
}
