using Microsoft.AspNetCore.Components;
using MudBlazor;
using Rondo.Analytics.Contracts;
using Rondo.Model.Queries;
using Rondo.Web.Components;

namespace Rondo.Web.Features.Integrations;

/// <summary>Keys with which other products push cohorts in, and what came.</summary>
public sealed partial class CohortsInPage
{
    private string _name = string.Empty;
    private string _partner = "mixpanel";
    private ReceivingKeyWithSecret? _made;
    private IReadOnlyList<ReceivingKey> _keys = [];
    private IReadOnlyList<ReceivedCohort> _received = [];
    private IReadOnlyList<Cohort> _cohorts = [];
    private IReadOnlyList<Problem> _problems = [];

    [Inject]
    private IReceivedCohorts Received { get; set; } = default!;

    [Inject]
    private ICohorts Cohorts { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    protected override Task OnParametersSetAsync() => ReadAsync();

    private async Task ReadAsync()
    {
        _keys = await Received.KeysAsync(Project.Id, CancellationToken.None);
        _received = await Received.ListAsync(Project.Id, CancellationToken.None);
        _cohorts = await Cohorts.ListAsync(Project.Id, includeArchived: true, CancellationToken.None);
    }

    private string Address(string path) => Navigation.BaseUri.TrimEnd('/') + path;

    private async Task MakeAsync()
    {
        var made = await Received.CreateKeyAsync(Project.Id, _name.Trim(), _partner.Trim(), null, CancellationToken.None);
        _problems = made.Problems;
        if (made.IsAccepted)
        {
            _made = made.Value;
            _name = string.Empty;
            await ReadAsync();
        }
    }

    private async Task RemoveAsync(ReceivingKey key)
    {
        var asked = await Dialogs.ShowAsync<ConfirmDialog>(L["Remove this key?"], new DialogParameters<ConfirmDialog>
        {
            { dialog => dialog.Text, L["“{0}” stops working at once; the cohorts that came stay.", key.Name].Value },
            { dialog => dialog.Action, L["Remove"].Value },
        });
        if (await asked.Result is { Canceled: false })
        {
            await Received.RemoveKeyAsync(Project.Id, key.Id, CancellationToken.None);
            await ReadAsync();
        }
    }
}
