using Microsoft.AspNetCore.Components;
using MudBlazor;
using Rondo.Analytics.Contracts;
using Rondo.Model.Queries;
using Rondo.Web.Components;

namespace Rondo.Web.Features.Integrations;

/// <summary>One connection: paste the keys, save, and see whether it works.</summary>
public sealed partial class ConnectionPage
{
    private ConnectionDraft _draft = ConnectionDraft.New("braze", string.Empty);
    private Connection? _connection;
    private ConnectionTest? _test;
    private IReadOnlyList<CohortSync> _syncs = [];
    private IReadOnlyList<Cohort> _cohorts = [];
    private IReadOnlyList<EventStream> _streams = [];
    private IReadOnlyList<Problem> _problems = [];
    private bool _isTesting;
    private bool _isMissing;

    [Parameter]
    public string? Kind { get; set; }

    [Parameter]
    public int ConnectionNumber { get; set; }

    [Inject]
    private IConnections Connections { get; set; } = default!;

    [Inject]
    private ICohortSyncs Syncs { get; set; } = default!;

    [Inject]
    private IEventStreams Streams { get; set; } = default!;

    [Inject]
    private ICohorts Cohorts { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    private string KindTitle => _draft.Kind switch
    {
        "braze" => "Braze",
        "webhook" => L["Webhook"],
        "folder" => L["Files on the server"],
        "currents" => L["HTTP (Currents)"],
        "mixpanel" => "Mixpanel",
        _ => L["Bucket (S3)"],
    };

    private string? Stored => _connection is null ? null : L["Stored. Paste a new one to replace it."].Value;

    protected override async Task OnInitializedAsync()
    {
        if (Kind is not null)
        {
            _draft = ConnectionDraft.New(Kind is "webhook" or "folder" or "bucket" or "currents" or "mixpanel" ? Kind : "braze", string.Empty);
            _draft.Name = KindTitle;
            return;
        }

        _connection = await Connections.FindAsync(Project.Id, new ConnectionId(ConnectionNumber), CancellationToken.None);
        _isMissing = _connection is null;
        if (_connection is not null)
        {
            _draft = ConnectionDraft.Of(_connection);
            _syncs = [.. (await Syncs.ListAsync(Project.Id, CancellationToken.None)).Where(sync => sync.Connection == _connection.Id)];
            _streams = [.. (await Streams.ListAsync(Project.Id, CancellationToken.None)).Where(stream => stream.Connection == _connection.Id)];
            _cohorts = await Cohorts.ListAsync(Project.Id, includeArchived: true, CancellationToken.None);
        }
    }

    private async Task SaveAsync()
    {
        // Enter and a click may come together; one connection is meant.
        if (_isTesting)
        {
            return;
        }

        _isTesting = true;
        var saved = _connection is null
            ? await Connections.CreateAsync(Project.Id, _draft.Name.Trim(), _draft.Settings(), CancellationToken.None)
            : await Connections.ChangeAsync(Project.Id, _connection.Id, _draft.Name.Trim(), _draft.Settings(), CancellationToken.None);
        _isTesting = false;
        _problems = saved.Problems;
        if (saved.IsAccepted)
        {
            var isNew = _connection is null;
            _connection = saved.Value;
            _draft = ConnectionDraft.Of(_connection);
            await TestAsync();
            if (isNew)
            {
                Visit.ContinueAt(PathOf($"integrations/{_connection.Id}"));
            }
        }
    }

    private async Task TestAsync()
    {
        _isTesting = true;
        _test = null;
        StateHasChanged();
        _test = (await Connections.TestAsync(Project.Id, _connection!.Id, CancellationToken.None)).Value;
        _isTesting = false;
    }

    private async Task RemoveAsync()
    {
        var asked = await Dialogs.ShowAsync<ConfirmDialog>(L["Disconnect"], new DialogParameters<ConfirmDialog>
        {
            { dialog => dialog.Text, L["The connection and its keys are taken away."].Value },
            { dialog => dialog.Action, L["Disconnect"].Value },
        });
        if (await asked.Result is { Canceled: false })
        {
            var removed = await Connections.RemoveAsync(Project.Id, _connection!.Id, CancellationToken.None);
            _problems = removed.Problems;
            if (removed.IsAccepted)
            {
                Navigation.NavigateTo(PathOf("integrations"));
            }
        }
    }
}
