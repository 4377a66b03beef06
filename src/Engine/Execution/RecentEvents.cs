using NodaTime;
using Rondo.Engine.Identity;
using Rondo.Engine.Parts;
using Rondo.Model.Events;
using Rondo.Model.Time;

namespace Rondo.Engine.Execution;

/// <summary>The newest events of everybody.</summary>
internal sealed class RecentEvents(Question question, IdDirectory ids)
{
    /// <summary>Newest first. O(rows of the names asked for).</summary>
    public unsafe IReadOnlyList<TrackedEvent> Newest(string? name, TimeWindow window, int limit)
    {
        var start = window.Start == Instant.MinValue ? long.MinValue : window.Start.ToUnixTimeMilliseconds();
        var end = window.End == Instant.MaxValue ? long.MaxValue : window.End.ToUnixTimeMilliseconds();
        var names = name is null ? question.View.EventNames : [name];

        // Events sent again may take places of the heap, so it holds some more than are asked for.
        var heap = new PriorityQueue<(Run Run, int Row), (long Time, int Age, int Row)>();
        foreach (var run in names.SelectMany(question.View.RunsOf))
        {
            var columns = run.Columns;
            var age = question.View.SourceOf(run).Age;
            for (var row = 0; row < run.RowCount; row++)
            {
                var time = columns.Times[row];
                if (time < start || time >= end || (heap.Count >= limit * 2 && heap.TryPeek(out _, out var oldest) && oldest.Time >= time))
                {
                    continue;
                }

                heap.Enqueue((run, row), (time, age, row));
                if (heap.Count > limit * 2)
                {
                    heap.Dequeue();
                }
            }
        }

        var newest = new List<(Run Run, int Row)>();
        while (heap.TryDequeue(out var row, out _))
        {
            newest.Add(row);
        }

        newest.Reverse();
        var reader = new EventReader(ids);
        return [.. newest.DistinctBy(row => KeyOf(row.Run, row.Row)).Take(limit).Select(row => reader.Read(row.Run, row.Row))];
    }

    private static unsafe (string?, int, long, uint, int, int) KeyOf(Run run, int row)
    {
        var columns = run.Columns;
        var key = columns.InsertKeys is null ? 0 : columns.InsertKeys[row];
        return (run.EventName, EventReader.IdOf(run, row), columns.Times[row], key, key == 0 ? run.Ordinal : 0, key == 0 ? row : 0);
    }
}
