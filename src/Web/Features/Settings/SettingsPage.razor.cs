using Microsoft.AspNetCore.Components;
using MudBlazor;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Model.Queries;
using Rondo.Web.Components;
using Rondo.Web.Frame;

namespace Rondo.Web.Features.Settings;

/// <summary>The project itself, its keys, how it sends, how apps connect.</summary>
public sealed partial class SettingsPage
{
    private string _name = string.Empty;
    private string _timeZone = "UTC";
    private IsoDayOfWeek _weekStart = IsoDayOfWeek.Monday;
    private ProjectWithKeys? _keys;
    private IReadOnlyList<Problem> _problems = [];
    private bool _isSaved;

    [Inject]
    private IProjects Projects { get; set; } = default!;

    [Inject]
    private ProjectPlace Place { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    protected override void OnInitialized() => (_name, _timeZone, _weekStart) = (Project.Name, Project.Calendar.Zone.Id, Project.Calendar.WeekStart);

    private async Task SaveAsync()
    {
        var changed = await Projects.ChangeAsync(Project.Id, _name.Trim(), _timeZone, _weekStart, CancellationToken.None);
        (_problems, _isSaved) = (changed.Problems, changed.IsAccepted);
        if (changed.IsAccepted)
        {
            await Place.ReloadAsync(CancellationToken.None);
        }
    }

    private async Task ReplaceAsync()
    {
        var dialog = await Dialogs.ShowAsync<ConfirmDialog>(L["Replace secret and REST key?"], new DialogParameters<ConfirmDialog>
        {
            { one => one.Text, L["The old ones stop working at once: imports and servers that use them are refused until they get the new ones."].Value },
            { one => one.Action, L["Replace the keys"].Value },
        });
        if (await dialog.Result is { Canceled: false })
        {
            var replaced = await Projects.ReplaceKeysAsync(Project.Id, CancellationToken.None);
            (_keys, _problems) = (replaced.Value, replaced.Problems);
        }
    }
}
