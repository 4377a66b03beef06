using Rondo.Engine.Parts;
using Rondo.Engine.Planning;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Engine.Execution;

/// <summary>What every operator works with: the store at one moment, the context, the filter cache and the threads.</summary>
internal sealed record Question(StoreView View, QueryContext Context, int Threads, CancellationToken CancellationToken) : ISessionEdges
{
    private readonly Dictionary<SessionDefinition, SessionEdges> _edges = [];

    /// <summary>Shared by all tracks of the question, so that a condition on persons is decided once.</summary>
    public RowFilter Filter => field ??= new RowFilter(View, Context, this);

    /// <inheritdoc/>
    public IReadOnlyList<(Run Run, RowMask Mask)> EdgesOf(SessionDefinition? sessions, bool isStart)
    {
        var definition = sessions ?? Context.Sessions;
        if (!_edges.TryGetValue(definition, out var edges))
        {
            _edges.Add(definition, edges = new SessionEdges(this, definition));
        }

        return isStart ? edges.Starts : edges.Ends;
    }
}
