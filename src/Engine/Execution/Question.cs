using Rondo.Engine.Planning;
using Rondo.Model.Queries;

namespace Rondo.Engine.Execution;

/// <summary>What every operator works with: the store at one moment, the context, the filter cache and the threads.</summary>
internal sealed record Question(StoreView View, QueryContext Context, int Threads, CancellationToken CancellationToken)
{
    /// <summary>Shared by all tracks of the question, so that a condition on persons is decided once.</summary>
    public RowFilter Filter { get; } = new(View, Context);
}
