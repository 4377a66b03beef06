namespace Rondo.Engagement.Delivery;

/// <summary>Tells a loop that there is something to do before its next look. Signals that nobody waits for are kept, as one.</summary>
internal sealed class Signal
{
    private volatile TaskCompletionSource _raised = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Raise() => _raised.TrySetResult();

    /// <summary>Waits for a signal, at most this long.</summary>
    public async Task WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(_raised.Task, Task.Delay(longest, time, ending.Token));
        await ending.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        if (_raised.Task.IsCompleted)
        {
            _raised = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}

/// <summary>The signals between the parts of engagement.</summary>
internal sealed class Signals
{
    /// <summary>A campaign was launched or changed.</summary>
    public Signal Campaigns { get; } = new();

    /// <summary>Something may be due to be sent.</summary>
    public Signal Sends { get; } = new();

    /// <summary>The event store is to learn something.</summary>
    public Signal Reports { get; } = new();
}
