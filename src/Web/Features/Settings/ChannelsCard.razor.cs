using Microsoft.AspNetCore.Components;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Contracts;
using Rondo.Model.Queries;

namespace Rondo.Web.Features.Settings;

/// <summary>Which provider carries each channel, and its settings. Secrets are written, never read back.</summary>
public sealed partial class ChannelsCard
{
    private Provider _push;
    private Provider _email;
    private string? _serviceAccount;
    private string? _endpoint;
    private string _host = string.Empty;
    private int _port = 587;
    private string _security = "startTls";
    private string? _user;
    private string? _password;
    private string _from = string.Empty;
    private string? _replyTo;
    private bool _hasFcm;
    private bool _hasSmtp;
    private bool _isRead;
    private bool _isSaved;
    private IReadOnlyList<ChannelAlert> _alerts = [];
    private IReadOnlyList<Problem> _problems = [];

    [CascadingParameter]
    private Project Project { get; set; } = default!;

    [Inject]
    private IChannelSettings Channels { get; set; } = default!;

    [Inject]
    private IChannelHealth Health { get; set; } = default!;

    private (Provider Provider, string Title, string Text)[] PushProviders =>
    [
        (Provider.None, L["Nothing"], L["Push cannot be sent."]),
        (Provider.Sandbox, L["Sandbox"], L["Behaves like a provider; nothing leaves this server. For trying out."]),
        (Provider.Fcm, "Firebase Cloud Messaging", L["Real devices, through Google's HTTP v1 API."]),
    ];

    private (Provider Provider, string Title, string Text)[] MailProviders =>
    [
        (Provider.None, L["Nothing"], L["E-mail cannot be sent."]),
        (Provider.Sandbox, L["Sandbox"], L["Behaves like a provider; nothing leaves this server. For trying out."]),
        (Provider.Smtp, L["Mail server (SMTP)"], L["Any mail server or mail service."]),
    ];

    protected override async Task OnInitializedAsync()
    {
        Take(await Channels.GetAsync(Project.Id, CancellationToken.None));
        _alerts = await Health.AlertsAsync(Project.Id, CancellationToken.None);
        _isRead = true;
    }

    private static string? OrNull(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private void Take(ChannelSettings settings)
    {
        (_push, _email) = (settings.Push, settings.Email);
        (_hasFcm, _hasSmtp) = (settings.Fcm is not null, settings.Smtp is not null);
        _endpoint = settings.Fcm?.Endpoint;
        (_serviceAccount, _password) = (null, null);
        if (settings.Smtp is { } smtp)
        {
            (_host, _port, _security, _user, _from, _replyTo) = (smtp.Host, smtp.Port, smtp.Security, smtp.User, smtp.From, smtp.ReplyTo);
        }
    }

    private async Task SaveAsync()
    {
        var fcm = _push == Provider.Fcm || _hasFcm ? new FcmSettings(OrNull(_serviceAccount), OrNull(_endpoint)) : null;
        var smtp = _email == Provider.Smtp || _hasSmtp ? new SmtpSettings(_host.Trim(), _port, _security, OrNull(_user), OrNull(_password), _from.Trim(), OrNull(_replyTo)) : null;
        var changed = await Channels.ChangeAsync(Project.Id, new ChannelSettings(_push, _email, fcm, smtp), CancellationToken.None);
        (_problems, _isSaved) = (changed.Problems, changed.IsAccepted);
        if (changed.IsAccepted)
        {
            Take(changed.Value);
            _alerts = await Health.AlertsAsync(Project.Id, CancellationToken.None);
        }
    }
}
