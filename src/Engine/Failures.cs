using System.Runtime.ExceptionServices;

namespace Rondo.Engine;

/// <summary>What went wrong in pieces of work that do not need each other, so that each is tried and every error is told.</summary>
internal sealed class Failures
{
    private readonly List<Exception> _failures = [];

    public bool Any => _failures.Count > 0;

    public async Task CollectAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _failures.Add(exception);
        }
    }

    /// <summary>Throws what was collected: one as it is, several together.</summary>
    public void Throw()
    {
        if (_failures.Count == 1)
        {
            ExceptionDispatchInfo.Throw(_failures[0]);
        }

        if (_failures.Count > 1)
        {
            throw new AggregateException(_failures);
        }
    }
}
