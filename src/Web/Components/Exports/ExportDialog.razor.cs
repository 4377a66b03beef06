using System.Globalization;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Model.Queries;

namespace Rondo.Web.Components.Exports;

/// <summary>Sends a cohort to a connection, once or again and again, and says first how many can be sent.</summary>
public sealed partial class ExportDialog
{
    private IReadOnlyList<Connection>? _connections;
    private int _connection;
    private bool _isKept = true;
    private double _seconds = 1;
    private string _identity = "distinct";
    private string _property = "$braze_external_id";
    private string _label = string.Empty;
    private MatchCount? _match;
    private CohortSync? _made;
    private bool _isMaking;
    private IReadOnlyList<Problem> _problems = [];

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = default!;

    [Inject]
    private IConnections Connections { get; set; } = default!;

    [Inject]
    private ICohortSyncs Syncs { get; set; } = default!;

    [Inject]
    private ICohorts Cohorts { get; set; } = default!;

    [Parameter, EditorRequired]
    public Project Project { get; set; } = default!;

    [Parameter, EditorRequired]
    public CohortId Cohort { get; set; }

    private bool IsWebhook => _connections?.FirstOrDefault(connection => connection.Id.Value == _connection)?.Settings is WebhookConnection;

    /// <summary>The webhook names everybody by distinct id, devices included.</summary>
    private IdentityMapping Mapping => IsWebhook ? new IdentityMapping(IncludesDevices: true) : _identity switch
    {
        "devices" => new IdentityMapping(IncludesDevices: true),
        "property" => new IdentityMapping(Property: _property.Trim()),
        "alias" => new IdentityMapping(IdentifierKind.Alias, _property.Trim(), _label.Trim()),
        "device" => new IdentityMapping(IdentifierKind.DeviceId),
        _ => new IdentityMapping(),
    };

    /// <summary>Shows the dialog.</summary>
    public static Task ShowAsync(IDialogService dialogs, string title, Project project, CohortId cohort) =>
        dialogs.ShowAsync<ExportDialog>(title, new DialogParameters<ExportDialog> { { dialog => dialog.Project, project }, { dialog => dialog.Cohort, cohort } });

    protected override async Task OnInitializedAsync()
    {
        var connections = (await Connections.ListAsync(Project.Id, CancellationToken.None)).Where(connection => connection.Settings.TakesAudiences).ToList();
        _connection = (connections.FirstOrDefault(connection => connection.Settings is BrazeConnection) ?? (connections.Count > 0 ? connections[0] : null))?.Id.Value ?? 0;
        _connections = connections;
        await CountAsync();
    }

    private Task ChooseAsync(ChangeEventArgs change)
    {
        _connection = int.Parse(change.Value!.ToString()!, CultureInfo.InvariantCulture);
        return CountAsync();
    }

    private Task IdentifyAsync(ChangeEventArgs change)
    {
        _identity = change.Value!.ToString()!;
        return CountAsync();
    }

    private Task NamePropertyAsync(ChangeEventArgs change)
    {
        _property = change.Value?.ToString() ?? string.Empty;
        return CountAsync();
    }

    private async Task CountAsync()
    {
        _match = null;
        StateHasChanged();

        // The label is asked for only when the sync is made: it does not change whom an alias can name.
        var mapping = Mapping is { Kind: IdentifierKind.Alias } alias && string.IsNullOrEmpty(alias.AliasLabel) ? alias with { AliasLabel = "label" } : Mapping;
        var match = await Syncs.MatchAsync(Project.Id, Cohorts.MembersOf(Project.Id, Cohort), mapping, CancellationToken.None);
        (_match, _problems) = (match.Value, match.Problems);
    }

    private async Task MakeAsync()
    {
        // A double click means one sync.
        if (_isMaking)
        {
            return;
        }

        _isMaking = true;
        var made = await Syncs.CreateAsync(Project.Id, new NewSync(Cohort, new ConnectionId(_connection), _isKept ? Duration.FromSeconds(_seconds) : null, Mapping), CancellationToken.None);
        _isMaking = false;
        (_made, _problems) = (made.Value, made.Problems);
    }
}
