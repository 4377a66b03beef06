using System.Collections.Concurrent;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Cohorts;

/// <summary>One change or computation of a project's memberships at a time: two would overwrite each other's members.</summary>
internal sealed class CohortGate
{
    private readonly ConcurrentDictionary<ProjectId, SemaphoreSlim> _gates = new();

    /// <summary>Waits for the turn, which ends when the result is disposed.</summary>
    public async Task<Turn> EnterAsync(ProjectId project, CancellationToken cancellationToken)
    {
        var gate = _gates.GetOrAdd(project, _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync(cancellationToken);
        return new Turn(gate);
    }

    internal readonly struct Turn(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
