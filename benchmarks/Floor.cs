using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using Rondo.Benchmarks.Workload;
using Rondo.Engine;
using Rondo.Engine.Parts;

namespace Rondo.Benchmarks;

/// <summary>The time that two threads take to add up the bytes a question must read, as they lie in memory.</summary>
internal static unsafe class Floor
{
    public static double Measure(EventStore store, Question question, int threads)
    {
        using var view = store.View();
        var spans = question.Reads.SelectMany(read => (read.EventName is null ? view.Timelines() : view.RunsOf(read.EventName)).SelectMany(run => Spans(run, read))).ToArray();
        var best = double.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var watch = Stopwatch.StartNew();
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
            {
                foreach (var (start, length) in spans)
                {
                    var from = length * thread / threads;
                    Sum((byte*)start + from, (length * (thread + 1) / threads) - from);
                }
            });
            best = Math.Min(best, watch.Elapsed.TotalMilliseconds);
        }

        return best;
    }

    private static IEnumerable<(nint Start, long Length)> Spans(Run run, ColumnRead read)
    {
        var columns = run.Columns;
        yield return (columns.Times.Seconds, 4L * columns.RowCount);
        if (columns.Times.Milliseconds != 0)
        {
            yield return (columns.Times.Milliseconds, 2L * columns.RowCount);
        }

        if (read.Persons)
        {
            yield return (PersonsOf(run), 4L * columns.PersonCount);
            yield return (StartsOf(run), 4L * columns.PersonCount);
        }

        if (columns.EventNames.Start != 0)
        {
            yield return (columns.EventNames.Start, (long)columns.EventNames.Width * columns.RowCount);
        }

        foreach (var property in read.Properties)
        {
            if (run.Property(property)?.Texts is { } texts)
            {
                yield return (texts.Codes.Start, (long)texts.Codes.Width * columns.RowCount);
            }
        }
    }

    private static nint PersonsOf(Run run) => (nint)run.Columns.Persons;

    private static nint StartsOf(Run run) => (nint)run.Columns.Starts;

    private static ulong Sum(byte* start, long length)
    {
        var words = MemoryMarshal.Cast<byte, Vector<ulong>>(new ReadOnlySpan<byte>(start, (int)length));
        var (a, b, c, d) = (Vector<ulong>.Zero, Vector<ulong>.Zero, Vector<ulong>.Zero, Vector<ulong>.Zero);
        var index = 0;
        for (; index + 3 < words.Length; index += 4)
        {
            a += words[index];
            b += words[index + 1];
            c += words[index + 2];
            d += words[index + 3];
        }

        return Vector.Sum(a + b + c + d);
    }
}
