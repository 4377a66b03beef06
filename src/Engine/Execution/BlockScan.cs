using Rondo.Engine.Planning;

namespace Rondo.Engine.Execution;

/// <summary>Walks all persons block by block on several threads, each with a state of its own.</summary>
internal static class BlockScan
{
    /// <summary>Blocks that a thread takes at a time: many enough to find its place rarely, few enough to share the work.</summary>
    private const int BlocksPerTurn = 32;

    /// <param name="view">The store as seen by the question.</param>
    /// <param name="threads">Most threads to use.</param>
    /// <param name="makeState">Makes a thread's state, its tracks' blocks included.</param>
    /// <param name="begin">Goes to the first person of a turn.</param>
    /// <param name="visit">Reads and looks at the block that begins with a person.</param>
    /// <param name="cancellationToken">Stops the walk.</param>
    public static TState[] Run<TState>(
        StoreView view,
        int threads,
        Func<TState> makeState,
        Action<TState, int> begin,
        Action<TState, int> visit,
        CancellationToken cancellationToken)
    {
        const int PersonsPerTurn = BlocksPerTurn * TrackBlocks.Width;
        var states = new TState[threads];
        var nextTurn = -1;
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken }, thread =>
        {
            var state = states[thread] = makeState();
            for (var first = (long)Interlocked.Increment(ref nextTurn) * PersonsPerTurn; first < view.Ids.Count; first = (long)Interlocked.Increment(ref nextTurn) * PersonsPerTurn)
            {
                cancellationToken.ThrowIfCancellationRequested();
                begin(state, (int)first);
                var end = Math.Min(first + PersonsPerTurn, view.Ids.Count);
                for (var person = first; person < end; person += TrackBlocks.Width)
                {
                    visit(state, (int)person);
                }
            }
        });
        return states;
    }
}
