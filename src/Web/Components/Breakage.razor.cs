using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Logging;
using Rondo.Model.Stores;

namespace Rondo.Web.Components;

/// <summary>
/// What is shown where something failed: what happened, what to do, and an id that is also in the log. Whoever sees
/// pages is signed in and administers the server, so a store's trouble is told with its own words beside those of the page: they
/// name the file and the remedy.
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

    private bool IsOfStore => Failure is StoreDamagedException or StoreUnavailableException;

    private (string Title, string Text) Words => Failure switch
    {
        StoreDamagedException => (L["A part of the event store cannot be read."], L["A file is missing, damaged or of another version. It was left as it is, and whatever does not need it still works. To try again helps only when the file was put right."]),
        StoreUnavailableException => (L["The event store cannot work at the moment."], L["Its disk is full, fails or refuses access. Try again when that is mended."]),
        _ => (L["This could not be shown."], L["Something failed on the server; nothing was changed. Try again; if it stays, give the id below to whoever runs this server."]),
    };

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
