using System.Collections.Immutable;
using NodaTime;
using Rondo.Engine.Execution.Kernels;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Engine.Execution;

/// <summary>The rows of a retention report and the calendar units that follow them.</summary>
internal sealed class RetentionCalendar
{
    private readonly Instant[] _edges;
    private readonly long[] _edgeTimes;
    private readonly ImmutableArray<int> _bucketEdges;
    private readonly bool _isRolling;
    private readonly long _unitMilliseconds;
    private readonly int[] _completeBuckets;

    public RetentionCalendar(RetentionQuery query, QueryContext context)
    {
        var window = query.Range.Resolve(context.Calendar, context.Now);
        var edges = context.Calendar.BucketEdges(window, query.Unit).ToList();
        _bucketEdges = query.BucketEdges();
        RowCount = edges.Count - 1;

        // Buckets may lie beyond the range: the calendar runs on until the last bucket of the last row.
        while (edges.Count < RowCount + _bucketEdges[^1] + 1)
        {
            edges.Add(context.Calendar.Next(edges[^1], query.Unit));
        }

        _edges = [.. edges];
        _edgeTimes = [.. edges.Select(edge => edge.ToUnixTimeMilliseconds())];
        _isRolling = query.Alignment == RetentionAlignment.Rolling;
        _unitMilliseconds = (long)TimeSpan.FromDays(query.Unit switch { CalendarUnit.Day => 1, CalendarUnit.Week => 7, _ => 30 }).TotalMilliseconds;
        Start = window.Start.ToUnixTimeMilliseconds();
        End = window.End.ToUnixTimeMilliseconds();
        BucketCount = _bucketEdges.Length - 1;
        _completeBuckets = new int[RowCount];
        var now = context.Now.ToUnixTimeMilliseconds();
        for (var row = 0; row < RowCount; row++)
        {
            while (_completeBuckets[row] < BucketCount && EndOf(row, _edgeTimes[row + 1], _completeBuckets[row]) <= now)
            {
                _completeBuckets[row]++;
            }
        }
    }

    public int RowCount { get; }

    public int BucketCount { get; }

    /// <summary>First instant of the range, milliseconds.</summary>
    public long Start { get; }

    /// <summary>End of the range, milliseconds, not included.</summary>
    public long End { get; }

    /// <summary>Length of a rolling unit: a month is 30 days.</summary>
    public long UnitMilliseconds => _unitMilliseconds;

    /// <summary>The rows of births.</summary>
    public BucketTable Rows() => new(_edgeTimes[..(RowCount + 1)]);

    public Instant StartOf(int row) => _edges[row];

    /// <summary>The row that starts at an instant; −1 when none does.</summary>
    public int RowOf(Instant start) => Array.IndexOf(_edges, start, 0, RowCount);

    /// <summary>How many buckets of a row, from the first on, have passed for the last possible birth of the row.</summary>
    public int CompleteBuckets(int row) => _completeBuckets[row];

    /// <summary>The end of a row, milliseconds, not included.</summary>
    public long EndOfRow(int row) => _edgeTimes[row + 1];

    /// <summary>The row of a birth.</summary>
    public int RowOf(long birth) => TimeBuckets.IndexOf(_edgeTimes.AsSpan(0, RowCount + 1), birth);

    /// <summary>When a bucket ends, milliseconds, not included, for somebody born in a row at a time.</summary>
    public long EndOf(int row, long birth, int bucket) =>
        _isRolling ? birth + (_bucketEdges[bucket + 1] * _unitMilliseconds) : _edgeTimes[row + _bucketEdges[bucket + 1]];
}
