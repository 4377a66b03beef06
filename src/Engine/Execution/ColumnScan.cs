using Rondo.Engine.Planning;

namespace Rondo.Engine.Execution;

/// <summary>Walks the rows of a track's runs, whoever they belong to, on several threads, each with a state of its own.</summary>
internal static class ColumnScan
{
    /// <summary>Rows that a thread takes at a time; a multiple of 64, so that words of masks are not shared.</summary>
    private const int RowsPerTurn = 1 << 18;

    public static TState[] Run<TState>(Track track, int threads, Func<TState> makeState, Action<TState, TrackRun, int, int> visit, CancellationToken cancellationToken)
    {
        var turns = track.Runs.SelectMany(run => Enumerable.Range(0, (run.Run.RowCount + RowsPerTurn - 1) / RowsPerTurn).Select(turn => (Run: run, First: turn * RowsPerTurn))).ToArray();
        var states = new TState[threads];
        var next = -1;
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken }, thread =>
        {
            var state = states[thread] = makeState();
            for (var turn = Interlocked.Increment(ref next); turn < turns.Length; turn = Interlocked.Increment(ref next))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var (run, first) = turns[turn];
                visit(state, run, first, Math.Min(first + RowsPerTurn, run.Run.RowCount));
            }
        });
        return states;
    }
}
