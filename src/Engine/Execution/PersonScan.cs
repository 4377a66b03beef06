using Rondo.Engine.Planning;

namespace Rondo.Engine.Execution;

/// <summary>Walks all persons of a track on several threads; each thread has a range of persons and a state of its own.</summary>
internal static class PersonScan
{
    /// <summary>How many persons a thread looks at between two looks at the cancellation.</summary>
    private const int PersonsPerCheck = 1024;

    /// <param name="track">Whose persons are visited.</param>
    /// <param name="view">The store as seen by the question.</param>
    /// <param name="threads">Most threads to use.</param>
    /// <param name="makeState">Makes a thread's state and the cursors it needs, from the first person of its range on.</param>
    /// <param name="visit">Looks at one person, to whom the cursor has already moved.</param>
    /// <param name="cancellationToken">Stops the walk.</param>
    public static TState[] Run<TState>(
        Track track,
        StoreView view,
        int threads,
        Func<int, TState> makeState,
        Action<TState, TrackCursor, int> visit,
        CancellationToken cancellationToken)
    {
        var boundaries = track.Ranges(threads);
        var states = new TState[threads];
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken }, range =>
        {
            var state = states[range] = makeState(boundaries[range]);
            var end = boundaries[range + 1];
            var cursor = new TrackCursor(track, view.Ids, boundaries[range]);
            var untilCheck = PersonsPerCheck;
            for (var person = cursor.Peek(); person < end; person = cursor.Peek())
            {
                if (cursor.MoveTo(person))
                {
                    visit(state, cursor, person);
                }

                if (--untilCheck == 0)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    untilCheck = PersonsPerCheck;
                }
            }
        });
        return states;
    }
}
