using Microsoft.AspNetCore.Components;
using MudBlazor;
using Rondo.Analytics.Contracts;
using Rondo.Web.Components;

namespace Rondo.Web.Features.Lexicon;

/// <summary>A part of the lexicon.</summary>
public enum LexiconTab
{
    /// <summary>Events.</summary>
    Events = 0,

    /// <summary>Properties of events.</summary>
    EventProperties = 1,

    /// <summary>Properties of profiles.</summary>
    UserProperties = 2,

    /// <summary>Unions of events under a name.</summary>
    CustomEvents = 3,

    /// <summary>Properties that expressions compute.</summary>
    Computed = 4,

    /// <summary>Tables that expressions look values up in.</summary>
    Tables = 5,
}

/// <summary>What is tracked, what it means, what becomes of it, and what the project has named itself.</summary>
public sealed partial class LexiconPage
{
    private LexiconTab _tab;
    private LexiconTab? _readTab;
    private IReadOnlyList<LexiconRow>? _rows;
    private LexiconStatus? _status;
    private string _search = string.Empty;
    private string? _firstEvent;
    private bool _isTracked;

    /// <summary>Which part, from the address.</summary>
    [SupplyParameterFromQuery(Name = "tab")]
    public string? Tab { get; set; }

    [Inject]
    private ILexicon Tracked { get; set; } = default!;

    [Inject]
    private IDefinitions Definitions { get; set; } = default!;

    [Inject]
    private Vocabulary Vocabulary { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private ISnackbar Notices { get; set; } = default!;

    private IReadOnlyList<(LexiconTab Tab, string Title)> Tabs =>
    [
        (LexiconTab.Events, L["Events"]), (LexiconTab.EventProperties, L["Event properties"]), (LexiconTab.UserProperties, L["User properties"]),
        (LexiconTab.CustomEvents, L["Custom events"]), (LexiconTab.Computed, L["Computed properties"]), (LexiconTab.Tables, L["Lookup tables"]),
    ];

    private IReadOnlyList<(string Title, bool IsNumber)> Columns => _tab switch
    {
        LexiconTab.Events => [(L["Status"], false), (L["Count"], true), (L["First seen"], false), (L["Last seen"], false)],
        LexiconTab.EventProperties => [(L["Status"], false), (L["Kind of value"], false), (L["Events with it"], true), (L["Last seen"], false)],
        LexiconTab.UserProperties => [(L["Status"], false), (L["Kind of value"], false), (L["Profiles with it"], true)],
        LexiconTab.CustomEvents => [(L["Events"], false)],
        LexiconTab.Computed => [(L["Expression"], false)],
        _ => [(L["Columns"], false), (L["Rows"], true), (L["Changed"], false)],
    };

    private IEnumerable<LexiconRow> Shown => _rows!.Where(row =>
        (_status is null || row.Entry is null || row.Entry.Status == _status)
        && (_search.Length == 0 || $"{row.Title} {row.Key} {row.Description}".Contains(_search.Trim(), StringComparison.CurrentCultureIgnoreCase)));

    private string EmptyTitle => _tab switch
    {
        LexiconTab.CustomEvents => L["No custom events yet"],
        LexiconTab.Computed => L["No computed properties yet"],
        LexiconTab.Tables => L["No lookup tables yet"],
        _ => L["Nothing has been tracked yet"],
    };

    private string? EmptyText => _tab switch
    {
        LexiconTab.CustomEvents => L["A custom event is several events under one name, each with a filter of its own. It can be picked wherever an event can."].Value,
        LexiconTab.Computed => L["A computed property is worked out from others by an expression. It can be picked wherever a property can."].Value,
        LexiconTab.Tables => L["A lookup table says more about a value, such as the name and price of a product id. Expressions look it up."].Value,
        _ => null,
    };

    protected override async Task OnParametersSetAsync()
    {
        _tab = Enum.TryParse<LexiconTab>(Tab, ignoreCase: true, out var tab) && Enum.IsDefined(tab) ? tab : LexiconTab.Events;
        if (_readTab != _tab)
        {
            (_readTab, _rows, _search, _status) = (_tab, null, string.Empty, null);
            await ReadAsync();
        }
    }

    private async Task ReadAsync()
    {
        var tab = _tab;
        var rows = tab switch
        {
            LexiconTab.Events => await EventRowsAsync(),
            LexiconTab.EventProperties => await PropertyRowsAsync(LexiconKind.EventProperty),
            LexiconTab.UserProperties => await PropertyRowsAsync(LexiconKind.UserProperty),
            LexiconTab.CustomEvents => await CustomEventRowsAsync(),
            LexiconTab.Computed => await ComputedRowsAsync(),
            _ => await TableRowsAsync(),
        };
        if (tab == _tab)
        {
            (_rows, _isTracked) = (rows, tab <= LexiconTab.UserProperties);
        }
    }

    private async Task SavedAsync()
    {
        Vocabulary.Forget();
        await ReadAsync();
    }

    private async Task EditAsync(LexiconEntry entry)
    {
        var dialog = await Dialogs.ShowAsync<EntryDialog>(L["About {0}", entry.Name], new DialogParameters<EntryDialog> { { one => one.Project, Project }, { one => one.Entry, entry } });
        if (await dialog.Result is { Canceled: false })
        {
            await SavedAsync();
        }
    }

    private async Task EditAsync(CustomEvent customEvent, bool isNew)
    {
        var dialog = await Dialogs.ShowAsync<CustomEventDialog>(isNew ? L["New custom event"] : customEvent.Name, new DialogParameters<CustomEventDialog> { { one => one.Project, Project }, { one => one.Value, customEvent }, { one => one.IsNew, isNew } });
        if (await dialog.Result is { Canceled: false })
        {
            await SavedAsync();
        }
    }

    private async Task EditAsync(CustomProperty property, bool isNew)
    {
        var dialog = await Dialogs.ShowAsync<ComputedDialog>(isNew ? L["New computed property"] : property.Name, new DialogParameters<ComputedDialog> { { one => one.Project, Project }, { one => one.Value, property }, { one => one.IsNew, isNew } });
        if (await dialog.Result is { Canceled: false })
        {
            await SavedAsync();
        }
    }

    private async Task UploadAsync(string? name)
    {
        var dialog = await Dialogs.ShowAsync<TableDialog>(name ?? L["Upload a table"], new DialogParameters<TableDialog> { { one => one.Project, Project }, { one => one.Name, name } });
        if (await dialog.Result is { Canceled: false })
        {
            await SavedAsync();
        }
    }

    private async Task ChangeStatusAsync(LexiconEntry entry, LexiconStatus status)
    {
        if (status == LexiconStatus.Dropped && !await ConfirmAsync(
            L["Drop {0}?", entry.Name],
            entry.Kind == LexiconKind.Event
                ? L["It is no longer taken: what is sent from now on is lost. What was kept stays."]
                : L["It is left out of everything that is sent from now on. What was kept stays."],
            L["Drop"]))
        {
            return;
        }

        if (await SetStatusAsync(entry, status))
        {
            Notices.Add(L["{0}: {1}", entry.Name, TitleOf(status)], Severity.Normal, notice =>
            {
                notice.Action = L["Undo"];
                notice.OnClick = _ => InvokeAsync(() => SetStatusAsync(entry with { Status = status }, entry.Status));
            });
        }
    }

    private async Task<bool> SetStatusAsync(LexiconEntry entry, LexiconStatus status)
    {
        var saved = await Definitions.SaveAsync(Project.Id, entry with { Status = status }, CancellationToken.None);
        if (!saved.IsAccepted)
        {
            Notices.Add(ProblemWords.Of(saved.Problems[0], L), Severity.Normal);
            return false;
        }

        await SavedAsync();
        StateHasChanged();
        return true;
    }

    private async Task DeleteAsync(DefinedKind kind, string name)
    {
        var uses = await Definitions.UsesAsync(Project.Id, kind, name, CancellationToken.None);
        if (uses.Count > 0)
        {
            await Dialogs.ShowMessageBoxAsync(
                L["{0} is in use", name],
                L["Take it out of these first: {0}", string.Join(", ", uses.Select(use => use.Name.Length == 0 ? TitleOf(use) : $"{TitleOf(use)} “{use.Name}”"))].Value,
                yesText: L["Close"]);
            return;
        }

        if (await ConfirmAsync(L["Delete {0}?", name], L["Questions that name it are refused from then on."], L["Delete"]))
        {
            var deleted = await Definitions.DeleteAsync(Project.Id, kind, name, CancellationToken.None);
            foreach (var problem in deleted.Problems)
            {
                Notices.Add(ProblemWords.Of(problem, L), Severity.Normal);
            }

            await SavedAsync();
        }
    }

    private async Task<bool> ConfirmAsync(string title, string text, string action)
    {
        var dialog = await Dialogs.ShowAsync<ConfirmDialog>(title, new DialogParameters<ConfirmDialog> { { one => one.Text, text }, { one => one.Action, action } });
        return await dialog.Result is { Canceled: false };
    }
}
