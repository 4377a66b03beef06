using System.Globalization;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using NodaTime;
using Rondo.Analytics;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Contracts;
using Rondo.Model;
using Rondo.Model.Queries;
using Rondo.Web.Components;

namespace Rondo.Web.Features.Integrations;

/// <summary>One sync: how it is, what to do about trouble, what it sent. Shows news by itself.</summary>
public sealed partial class SyncPage
{
    private const int ShownRuns = 50;

    private CohortSync? _sync;
    private Cohort? _cohort;
    private Connection? _connection;
    private IReadOnlyList<SyncRun> _runs = [];
    private IReadOnlyList<Problem> _problems = [];
    private bool _isMissing;
    private bool _hasMailServer;

    [Parameter]
    public int SyncNumber { get; set; }

    [Inject]
    private ICohortSyncs Syncs { get; set; } = default!;

    [Inject]
    private IConnections Connections { get; set; } = default!;

    [Inject]
    private ICohorts Cohorts { get; set; } = default!;

    [Inject]
    private IChannelSettings Channels { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    /// <summary>The limits that are in force are those that are shown.</summary>
    [Inject]
    private AnalyticsOptions Limits { get; set; } = default!;

    protected override TimeSpan ReadEvery => TimeSpan.FromSeconds(2);

    protected override Task OnInitializedAsync() => ReadAsync();

    protected override async Task ReadAsync()
    {
        var sync = await Syncs.FindAsync(Project.Id, new SyncId(SyncNumber), CancellationToken.None);
        _isMissing = sync is null;
        if (sync is not null)
        {
            _cohort = await Cohorts.FindAsync(Project.Id, sync.Cohort, CancellationToken.None);
            _connection = await Connections.FindAsync(Project.Id, sync.Connection, CancellationToken.None);
            _hasMailServer = (await Channels.GetAsync(Project.Id, CancellationToken.None)).Email == Provider.Smtp;
            _runs = await Syncs.RunsAsync(Project.Id, sync.Id, ShownRuns, CancellationToken.None);
        }

        _sync = sync;
    }

    private async Task TakeAsync(Task<Outcome<CohortSync>> change)
    {
        _problems = (await change).Problems;
        await ReadAsync();
    }

    private Task ChangeIntervalAsync(ChangeEventArgs change) =>
        TakeAsync(Syncs.ChangeIntervalAsync(Project.Id, _sync!.Id, Duration.FromSeconds(double.Parse(change.Value!.ToString()!, CultureInfo.InvariantCulture)), CancellationToken.None));

    private async Task RemoveAsync(bool takesMembersOut)
    {
        var asked = await Dialogs.ShowAsync<ConfirmDialog>(L["Remove this sync?"], new DialogParameters<ConfirmDialog>
        {
            { dialog => dialog.Text, takesMembersOut ? L["{0} members are taken out at the other side, then the sync and its record end.", Figures.Count(_sync!.Counts.Held)].Value : L["The sync and its record end; whoever is there stays there."].Value },
            { dialog => dialog.Action, L["Remove"].Value },
        });
        if (await asked.Result is { Canceled: false })
        {
            await TakeAsync(Syncs.RemoveAsync(Project.Id, _sync!.Id, takesMembersOut, CancellationToken.None));
        }
    }
}
