using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Logging;

namespace Rondo.Web.Components;

/// <summary>
/// What is shown where something failed: what happened, what to do, and an id that is also in the log. Whoever sees
/// pages is signed in and administers the server, so a store's trouble is told in its own words: they name the file and the remedy.
/// </summary>
public sealed partial class Breakage
{
    private string _id = string.Empty;
    private Exception? _logged;

    [Parameter, EditorRequired]
    public Exception Failure { get; set; } = default!;

    [Parameter]
    public EventCallback OnRetry { get; set; }

    [Inject]
    private ILogger<Breakage> Log { get; set; } = default!;

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_logged, Failure))
        {
            return;
        }

        _logged = Failure;
        _id = Guid.NewGuid().ToString("N")[..12];
        Log.LogError(Failure, "A page failed; the person was shown the id {FailureId}.", _id);
    }
}
