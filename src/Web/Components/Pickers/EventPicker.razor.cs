using Microsoft.AspNetCore.Components;
using Rondo.Analytics.Contracts;
using Rondo.Model.Events;
using static MudBlazor.Icons.Material;

namespace Rondo.Web.Components.Pickers;

/// <summary>Chooses an event by name; null stands for any event.</summary>
public sealed partial class EventPicker
{
    private IReadOnlyList<PickerItem> _items = [];
    private string? _displayName;

    [CascadingParameter]
    private Project Project { get; set; } = default!;

    [Inject]
    private Vocabulary Vocabulary { get; set; } = default!;

    [Parameter]
    public string? Value { get; set; }

    [Parameter]
    public EventCallback<string?> ValueChanged { get; set; }

    /// <summary>The custom event that is chosen; null for none.</summary>
    [Parameter]
    public string? Custom { get; set; }

    /// <summary>Called with the name of a custom event; without it none are offered.</summary>
    [Parameter]
    public EventCallback<string> CustomChanged { get; set; }

    /// <summary>On a button that adds an event, in place of the present choice; null for a choice.</summary>
    [Parameter]
    public string? TriggerText { get; set; }

    /// <summary>Whether "any event" can be chosen.</summary>
    [Parameter]
    public bool AllowsAny { get; set; }

    /// <summary>Whether the start and the end of a session can be chosen.</summary>
    [Parameter]
    public bool OffersSessions { get; set; }

    [Parameter]
    public string? Label { get; set; }

    [Parameter]
    public string? Class { get; set; }

    protected override async Task OnParametersSetAsync() =>
        _displayName = Value is null ? null : DisplayName(await Vocabulary.EntriesAsync(Project.Id, LexiconKind.Event), Value);

    private async Task ReadAsync()
    {
        var events = await Vocabulary.EventsAsync(Project.Id);
        var entries = await Vocabulary.EntriesAsync(Project.Id, LexiconKind.Event);
        var items = new List<PickerItem>();
        if (AllowsAny)
        {
            items.Add(new PickerItem(null, L["Any event"], null, Outlined.AllInclusive, null, Value is null && Custom is null));
        }

        if (CustomChanged.HasDelegate)
        {
            var lexicon = await Vocabulary.DefinitionsAsync(Project.Id);
            items.AddRange(lexicon.Events.Select(one => new PickerItem(new PickedCustomEvent(one.Name), one.Name, L["Custom events"], Outlined.JoinFull, null, one.Name == Custom)));
        }

        if (OffersSessions)
        {
            items.AddRange(new[] { WellKnownEvents.SessionStart, WellKnownEvents.SessionEnd }.Select(edge =>
                new PickerItem(edge, EventTitle.Of(edge, L), L["Sessions"], EventTitle.IconOf(edge), null, edge == Value)));
        }

        items.AddRange(events
            .OrderBy(one => EventTitle.GroupOf(one.Name))
            .ThenByDescending(one => one.RowCount)
            .Select(one => new PickerItem(
                one.Name,
                DisplayName(entries, one.Name) ?? one.Name,
                L[EventTitle.GroupTitle(EventTitle.GroupOf(one.Name))],
                EventTitle.IconOf(one.Name),
                DisplayName(entries, one.Name) is null ? Figures.Count(one.RowCount) : one.Name,
                one.Name == Value)));
        _items = items;
    }

    private static string? DisplayName(IReadOnlyDictionary<string, LexiconEntry> entries, string name) =>
        entries.TryGetValue(name, out var entry) && entry.DisplayName.Length > 0 ? entry.DisplayName : null;

    private Task PickAsync(PickerItem item) => item.Value is PickedCustomEvent custom ? CustomChanged.InvokeAsync(custom.Name) : ValueChanged.InvokeAsync((string?)item.Value);

    private sealed record PickedCustomEvent(string Name);
}
