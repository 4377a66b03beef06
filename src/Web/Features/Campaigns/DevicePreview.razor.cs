using Microsoft.AspNetCore.Components;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Contracts;
using Rondo.Model.Queries;

namespace Rondo.Web.Features.Campaigns;

/// <summary>The message as one person of the audience would see it. While a template is broken, its bare text is shown.</summary>
public sealed partial class DevicePreview
{
    [CascadingParameter]
    private Project Project { get; set; } = default!;

    [Parameter, EditorRequired]
    public Channel Channel { get; set; }

    /// <summary>As written.</summary>
    [Parameter]
    public Message? Message { get; set; }

    /// <summary>As filled in; null when that was refused.</summary>
    [Parameter]
    public MessagePreview? Preview { get; set; }

    [Parameter]
    public IReadOnlyList<Problem> Problems { get; set; } = [];

    [Parameter]
    public string? PersonName { get; set; }

    [Parameter]
    public bool HasOthers { get; set; }

    [Parameter]
    public EventCallback OnNext { get; set; }

    private Message? Shown => Preview?.Message ?? Message;

    private PushMessage? Push => Shown as PushMessage;

    private EmailMessage? Email => Shown as EmailMessage;

    // An empty message is not wrong yet, it is only not written yet.
    private bool HasText => Message switch
    {
        PushMessage push => push.Title.Length + push.Body.Length > 0,
        EmailMessage email => email.Subject.Length > 0 && email.Html.Length > 0,
        _ => false,
    };
}
