using Rondo.Analytics.Contracts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Web.Components;
using Rondo.Web.Components.Pickers;
using static MudBlazor.Icons.Material;

namespace Rondo.Web.Features.Lexicon;

/// <content>What the parts of the lexicon list.</content>
public sealed partial class LexiconPage
{
    private string TitleOf(LexiconStatus status) => status switch
    {
        LexiconStatus.Hidden => L["Hidden"],
        LexiconStatus.Dropped => L["Dropped"],
        _ => L["Visible"],
    };

    private string ActionOf(LexiconStatus status) => status switch
    {
        LexiconStatus.Hidden => L["Hide"],
        LexiconStatus.Dropped => L["Drop"],
        _ => L["Show everywhere"],
    };

    private string TitleOf(DefinitionUse use) => use.By switch
    {
        "cohort" => L["Cohort"],
        "segment" => L["Segment"],
        "campaign" => L["Campaign"],
        "customEvent" => L["Custom event"],
        "customProperty" => L["Computed property"],
        _ => L["Sessions of the project"],
    };

    private static string IconOf(LexiconStatus status) => status switch
    {
        LexiconStatus.Hidden => Outlined.VisibilityOff,
        LexiconStatus.Dropped => Outlined.Block,
        _ => Outlined.Visibility,
    };

    private static string? ClassOf(LexiconStatus status) => status switch
    {
        LexiconStatus.Hidden => "warn",
        LexiconStatus.Dropped => "bad",
        _ => null,
    };

    private async Task<Dictionary<string, LexiconEntry>> EntriesAsync(LexiconKind kind) =>
        (await Definitions.EntriesAsync(Project.Id, CancellationToken.None)).Where(entry => entry.Kind == kind).ToDictionary(entry => entry.Name);

    private LexiconRow RowOf(LexiconKind kind, string name, Dictionary<string, LexiconEntry> entries, string icon, params IReadOnlyList<string> cells)
    {
        var entry = entries.GetValueOrDefault(name) ?? new LexiconEntry(kind, name);
        return new LexiconRow(name, entry.DisplayName.Length > 0 ? entry.DisplayName : name, entry.Description, icon, cells, () => EditAsync(entry)) { Entry = entry };
    }

    private async Task<IReadOnlyList<LexiconRow>> EventRowsAsync()
    {
        var entries = await EntriesAsync(LexiconKind.Event);
        var events = await Tracked.EventsAsync(Project.Id, CancellationToken.None);
        var seen = events.Select(one => RowOf(LexiconKind.Event, one.Name, entries, EventTitle.IconOf(one.Name), Figures.Count(one.RowCount), Figures.Moment(one.First, Project.Calendar), Figures.Ago(one.Last, Now))).ToList();
        return [.. seen, .. entries.Keys.Except(events.Select(one => one.Name)).Order(StringComparer.Ordinal).Select(name => RowOf(LexiconKind.Event, name, entries, EventTitle.IconOf(name), Figures.Count(0), Figures.None, L["Never"]))];
    }

    private async Task<IReadOnlyList<LexiconRow>> PropertyRowsAsync(LexiconKind kind)
    {
        var isOfEvents = kind == LexiconKind.EventProperty;
        var entries = await EntriesAsync(kind);
        var usage = await Tracked.UsageAsync(Project.Id, isOfEvents ? PropertySource.Event : PropertySource.User, CancellationToken.None);
        var seen = usage.OrderByDescending(one => one.Count).ThenBy(one => one.Name, StringComparer.Ordinal).Select(one =>
        {
            string[] cells = [KindsOf(one.Kinds), Figures.Count(one.Count)];
            return RowOf(kind, one.Name, entries, PropertyPicker.IconOf(one.Kinds), isOfEvents ? [.. cells, one.Last is { } last ? Figures.Ago(last, Now) : L["Never"].Value] : cells);
        });
        var unseen = entries.Keys.Except(usage.Select(one => one.Name)).Order(StringComparer.Ordinal).Select(name =>
            RowOf(kind, name, entries, Outlined.QuestionMark, isOfEvents ? [Figures.None, Figures.Count(0), L["Never"].Value] : [Figures.None, Figures.Count(0)]));
        return [.. seen, .. unseen];
    }

    private string KindsOf(IEnumerable<PropertyKind> kinds) => string.Join(", ", kinds.Where(kind => kind != PropertyKind.Null).Select(kind => kind switch
    {
        PropertyKind.Number => L["Number"].Value,
        PropertyKind.Boolean => L["Yes or no"].Value,
        PropertyKind.Date => L["Date"].Value,
        PropertyKind.List => L["List"].Value,
        PropertyKind.Object => L["Object"].Value,
        _ => L["kind:Text"].Value,
    }));

    private async Task<IReadOnlyList<LexiconRow>> CustomEventRowsAsync()
    {
        _firstEvent = (await Vocabulary.EventsAsync(Project.Id)).FirstOrDefault(one => EventTitle.GroupOf(one.Name) == EventGroup.Product)?.Name;
        return [.. (await Definitions.CustomEventsAsync(Project.Id, CancellationToken.None)).Select(custom =>
            new LexiconRow(custom.Name, custom.Name, custom.Description, Outlined.JoinFull, [string.Join(L[" or "], custom.AnyOf.Select(member => EventTitle.Of(member, L)))], () => EditAsync(custom, isNew: false)) { Defined = DefinedKind.CustomEvent })];
    }

    private async Task<IReadOnlyList<LexiconRow>> ComputedRowsAsync() =>
        [.. (await Definitions.CustomPropertiesAsync(Project.Id, CancellationToken.None)).Select(property =>
            new LexiconRow(property.Name, property.Name, property.Description, Outlined.Functions, [property.Expression], () => EditAsync(property, isNew: false)) { Defined = DefinedKind.CustomProperty })];

    private async Task<IReadOnlyList<LexiconRow>> TableRowsAsync() =>
        [.. (await Definitions.LookupTablesAsync(Project.Id, CancellationToken.None)).Select(table =>
            new LexiconRow(table.Name, table.Name, string.Empty, Outlined.TableRows, [string.Join(", ", table.Columns), Figures.Count(table.RowCount), Figures.Ago(table.ChangedAt, Now)], () => UploadAsync(table.Name)) { Defined = DefinedKind.LookupTable })];
}

/// <summary>A line of the lexicon.</summary>
/// <param name="Key">The name as it is tracked or asked for.</param>
/// <param name="Title">The name shown.</param>
/// <param name="Description">May be empty.</param>
/// <param name="Icon">Drawing before it.</param>
/// <param name="Cells">One per column, the status left out.</param>
/// <param name="OpenAsync">Opens what it is edited in.</param>
internal sealed record LexiconRow(string Key, string Title, string Description, string Icon, IReadOnlyList<string> Cells, Func<Task> OpenAsync)
{
    /// <summary>What is written about it; null for what the project named itself.</summary>
    public LexiconEntry? Entry { get; init; }

    /// <summary>What kind of definition it is; null for what is tracked.</summary>
    public DefinedKind? Defined { get; init; }
}
