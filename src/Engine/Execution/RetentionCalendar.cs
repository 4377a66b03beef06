using NodaTime;
using Rondo.Engine.Execution.Kernels;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Engine.Execution;

/// <summary>The rows of a retention report and the calendar buckets that follow them.</summary>
internal sealed class RetentionCalendar
{
    private readonly Instant[] _edges;
    private readonly long[] _edgeTimes;
    private readonly int[] _completeBuckets;

    public RetentionCalendar(RetentionQuery query, QueryContext context)
    {
        var window = query.Range.Resolve(context.Calendar, context.Now);
        var edges = context.Calendar.BucketEdges(window, query.Unit).ToList();
        RowCount = edges.Count - 1;

        // Buckets may lie beyond the range: the calendar runs on until the last bucket of the last row, and on to the present.
        while (edges.Count < RowCount + query.Buckets + 1 || edges[^1] <= context.Now)
        {
            edges.Add(context.Calendar.Next(edges[^1], query.Unit));
        }

        _edges = [.. edges];
        _edgeTimes = [.. edges.Select(edge => edge.ToUnixTimeMilliseconds())];
        Start = window.Start.ToUnixTimeMilliseconds();
        End = window.End.ToUnixTimeMilliseconds();
        UnitMilliseconds = (long)TimeSpan.FromDays(query.Unit switch { CalendarUnit.Day => 1, CalendarUnit.Week => 7, _ => 30 }).TotalMilliseconds;
        _completeBuckets = new int[RowCount];
        for (var row = 0; row < RowCount; row++)
        {
            while (_completeBuckets[row] < query.Buckets && EndOf(row, _completeBuckets[row], query.Alignment) <= context.Now)
            {
                _completeBuckets[row]++;
            }
        }
    }

    public int RowCount { get; }

    /// <summary>First instant of the range, milliseconds.</summary>
    public long Start { get; }

    /// <summary>End of the range, milliseconds, not included.</summary>
    public long End { get; }

    /// <summary>Length of a rolling bucket: a month is 30 days.</summary>
    public long UnitMilliseconds { get; }

    /// <summary>The rows of births.</summary>
    public BucketTable Rows() => new(_edgeTimes[..(RowCount + 1)]);

    public Instant StartOf(int row) => _edges[row];

    /// <summary>The row that starts at an instant; −1 when none does.</summary>
    public int RowOf(Instant start) => Array.IndexOf(_edges, start, 0, RowCount);

    public int CompleteBuckets(int row) => _completeBuckets[row];

    /// <summary>The end of a row, milliseconds, not included.</summary>
    public long EndOfRow(int row) => _edgeTimes[row + 1];

    /// <summary>The calendar bucket of a time at or after the first row.</summary>
    public int BucketOf(long time) => TimeBuckets.IndexOf(_edgeTimes, time);

    /// <summary>When bucket <paramref name="bucket"/> has passed for the last possible birth of the row.</summary>
    private Instant EndOf(int row, int bucket, RetentionAlignment alignment) => alignment == RetentionAlignment.Calendar
        ? _edges[row + bucket + 1]
        : _edges[row + 1] + Duration.FromMilliseconds((bucket + 1) * UnitMilliseconds);
}
