namespace Rondo.Web.Components;

/// <summary>A page of a project that shows news by itself: what it shows is read again and again while it is open.</summary>
public abstract class FollowingPage : ProjectPage, IDisposable
{
    private readonly CancellationTokenSource _closing = new();

    /// <summary>How often it is read.</summary>
    protected abstract TimeSpan ReadEvery { get; }

    /// <summary>Whether it is read at the moment. Default always.</summary>
    protected virtual bool IsFollowing => true;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(isDisposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Reads what is shown.</summary>
    protected abstract Task ReadAsync();

    /// <summary>Ends the following.</summary>
    protected virtual void Dispose(bool isDisposing)
    {
        if (isDisposing)
        {
            _closing.Cancel();
            _closing.Dispose();
        }
    }

    /// <inheritdoc/>
    protected override Task OnAfterRenderAsync(bool firstRender) => firstRender ? FollowAsync(_closing.Token) : Task.CompletedTask;

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(ReadEvery, Time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                if (IsFollowing)
                {
                    await InvokeAsync(async () =>
                    {
                        await ReadAsync();
                        StateHasChanged();
                    });
                }
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or ObjectDisposedException)
        {
            // The page was left.
        }
    }
}
