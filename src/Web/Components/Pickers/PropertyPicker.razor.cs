using System.Text.Json;
using Microsoft.AspNetCore.Components;
using Rondo.Analytics.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Rondo.Model.Expressions;
using Rondo.Model.Lexicon;
using Rondo.Model.Predicates;
using Rondo.Model.Stores;
using static MudBlazor.Icons.Material;

namespace Rondo.Web.Components.Pickers;

/// <summary>A property that was picked.</summary>
public sealed record PickedProperty(PropertySource Source, string Name, IReadOnlyList<PropertyKind> Kinds);

/// <summary>What about a person's behaviour was picked.</summary>
public enum PickedBehaviour
{
    /// <summary>Did or did not do an event.</summary>
    Did = 1,

    /// <summary>A figure over events.</summary>
    Figure = 2,

    /// <summary>Several events in order.</summary>
    Sequence = 3,
}

/// <summary>"All or any of several" was picked.</summary>
public sealed record PickedGroup;

/// <summary>Chooses a property of the event or of the person, and where it makes sense a cohort, "did", or a group.</summary>
public sealed partial class PropertyPicker
{
    private IReadOnlyList<PickerItem> _items = [];
    private PickedColumn? _column;
    private Flyout? _flyout;
    private string _placeholder = string.Empty;

    [CascadingParameter]
    private Project Project { get; set; } = default!;

    [Inject]
    private Vocabulary Vocabulary { get; set; } = default!;

    [Inject]
    private ICohorts Cohorts { get; set; } = default!;

    [Parameter, EditorRequired]
    public RenderFragment Trigger { get; set; } = default!;

    [Parameter]
    public string TriggerClass { get; set; } = "button";

    [Parameter]
    public string? Label { get; set; }

    /// <summary>The event whose properties are offered; null for those of any event.</summary>
    [Parameter]
    public string? EventName { get; set; }

    /// <summary>Whether properties of events can be chosen. Default true.</summary>
    [Parameter]
    public bool OffersEvent { get; set; } = true;

    /// <summary>Whether properties of persons can be chosen. Default true.</summary>
    [Parameter]
    public bool OffersUser { get; set; } = true;

    [Parameter]
    public bool OffersCohorts { get; set; }

    /// <summary>Whether properties that expressions compute can be chosen; false where only a stored one can be used. Default true.</summary>
    [Parameter]
    public bool OffersComputed { get; set; } = true;

    [Parameter]
    public bool OffersBehaviour { get; set; }

    [Parameter]
    public bool OffersGroup { get; set; }

    /// <summary>Called with a <see cref="PickedProperty"/>, <see cref="CohortId"/>, <see cref="PickedBehaviour"/> or <see cref="PickedGroup"/>.</summary>
    [Parameter]
    public EventCallback<object> OnPick { get; set; }

    /// <summary>The picture of a kind of value.</summary>
    internal static string IconOf(IReadOnlyList<PropertyKind> kinds) => kinds.FirstOrDefault(kind => kind != PropertyKind.Null) switch
    {
        PropertyKind.Number => Outlined.Numbers,
        PropertyKind.Date => Outlined.Schedule,
        PropertyKind.Boolean => Outlined.ToggleOn,
        PropertyKind.List => Outlined.FormatListBulleted,
        PropertyKind.Object => Outlined.DataObject,
        _ => Outlined.TextFields,
    };

    private async Task ReadAsync()
    {
        (_column, _placeholder) = (null, L["Search properties"]);
        var items = new List<PickerItem>();
        if (OffersBehaviour)
        {
            items.Add(new PickerItem(PickedBehaviour.Did, L["Did or did not do an event"], L["Behaviour"], Outlined.TouchApp));
            items.Add(new PickerItem(PickedBehaviour.Figure, L["A figure over events: sum, average, days…"], L["Behaviour"], Outlined.Functions));
            items.Add(new PickerItem(PickedBehaviour.Sequence, L["Events in order, within a time"], L["Behaviour"], Outlined.Timeline));
        }

        if (OffersGroup)
        {
            items.Add(new PickerItem(new PickedGroup(), L["Group of conditions"], L[OffersBehaviour ? "Behaviour" : "Group"], Outlined.DataArray));
        }

        items.AddRange(await StoredAsync());
        if (OffersEvent && OffersComputed)
        {
            items.Add(new PickerItem(new PickedProperty(PropertySource.Event, BuiltInProperties.Time, [PropertyKind.Date]), L["Time of the event"], L["Computed"], IconOf([PropertyKind.Date])));
            items.Add(new PickerItem(new PickedProperty(PropertySource.Event, BuiltInProperties.EventName, [PropertyKind.String]), L["Name of the event"], L["Computed"], IconOf([PropertyKind.String])));
        }

        var definitions = await Vocabulary.DefinitionsAsync(Project.Id);
        items.AddRange(definitions.Properties
            .Where(property => OffersComputed && (OffersEvent || Expression.Parse(property.Expression).Value?.UsesEvent == false))
            .Select(property => new PickerItem(new PickedProperty(PropertySource.Custom, property.Name, []), property.Name, L["Computed"], Outlined.Functions)));
        if (OffersComputed)
        {
            var tables = await Vocabulary.TablesAsync(Project.Id);
            items.AddRange(tables.SelectMany(table => table.Columns.Skip(1).Select(column => new PickerItem(new PickedColumn(table.Name, table.Columns[0], column), column, L["Lookup table {0}", table.Name], Outlined.TableRows, LeadsOn: true))));
        }

        if (OffersCohorts)
        {
            var cohorts = await Cohorts.ListAsync(Project.Id, includeArchived: false, CancellationToken.None);
            items.AddRange(cohorts.Select(cohort => new PickerItem(cohort.Id, cohort.Name, L["Cohorts"], Outlined.Group, Figures.Count(cohort.Size))));
        }

        _items = items;
    }

    private PickerItem ItemOf(PropertySource source, PropertySummary property, string group, IReadOnlyDictionary<string, LexiconEntry> entries)
    {
        var title = entries.TryGetValue(property.Name, out var entry) && entry.DisplayName.Length > 0 ? entry.DisplayName : property.Name;
        return new PickerItem(new PickedProperty(source, property.Name, property.Kinds), title, group, IconOf(property.Kinds), title == property.Name ? null : property.Name, LeadsOn: OffersComputed && _column is null && MayHoldObjects(property.Kinds));
    }

    /// <summary>Properties as they are tracked.</summary>
    private async Task<List<PickerItem>> StoredAsync()
    {
        var items = new List<PickerItem>();
        if (OffersEvent)
        {
            var ofEvent = await Vocabulary.PropertiesAsync(Project.Id, PropertySource.Event, EventName);
            var entries = await Vocabulary.EntriesAsync(Project.Id, LexiconKind.EventProperty);
            items.AddRange(ofEvent.Select(property => ItemOf(PropertySource.Event, property, L["Event properties"], entries)));
        }

        if (OffersUser)
        {
            var ofPerson = await Vocabulary.PropertiesAsync(Project.Id, PropertySource.User, null);
            var entries = await Vocabulary.EntriesAsync(Project.Id, LexiconKind.UserProperty);
            items.AddRange(ofPerson.Select(property => ItemOf(PropertySource.User, property, L["User profile"], entries)));
        }

        return items;
    }

    /// <summary>
    /// A column of a table asks for the property that finds its rows; the one that is called like the table's key comes first. A
    /// property that holds objects asks for one of their fields, or itself.
    /// </summary>
    private async Task PickAsync(PickerItem item)
    {
        switch (item.Value)
        {
            case PickedColumn column:
                (_column, _placeholder) = (column, L["Find the row by…"]);
                _items = [.. (await StoredAsync()).OrderBy(key => ((PickedProperty)key.Value!).Name == column.Key ? 0 : 1)];
                break;
            case PickedProperty key when _column is { } column:
                await GiveAsync(new LookupColumn(column.Table, column.Column, key.Source, key.Name).ToExpression());
                break;
            case PickedProperty property when item.LeadsOn && await FieldsOfAsync(property) is { Count: > 0 } fields:
                _placeholder = L["Which field of {0}?", item.Title];
                _items = [.. fields.Select(field => new PickerItem(field, field.Field, L["Fields of {0}", item.Title], Outlined.DataObject)), item with { Title = L["{0} as a whole", item.Title], LeadsOn = false }];
                break;
            case ObjectField field:
                await GiveAsync(field.ToExpression());
                break;
            default:
                await OnPick.InvokeAsync(item.Value);
                await CloseAsync(item);
                break;
        }
    }

    private Task GiveAsync(string expression) => OnPick.InvokeAsync(new PickedProperty(PropertySource.Expression, expression, []));

    /// <summary>What might have asked for more and did not has left the panel open.</summary>
    private async Task CloseAsync(PickerItem item)
    {
        if (item.LeadsOn && _flyout is not null)
        {
            await _flyout.CloseAsync();
        }
    }

    private static bool MayHoldObjects(IReadOnlyList<PropertyKind> kinds) => kinds.Contains(PropertyKind.List) || kinds.Contains(PropertyKind.Object);

    /// <summary>The fields of the objects among the most frequent values.</summary>
    private async Task<IReadOnlyList<ObjectField>> FieldsOfAsync(PickedProperty property)
    {
        var values = await Vocabulary.ValuesAsync(Project.Id, property.Source, EventName, property.Name, null, CancellationToken.None);
        return [.. values.Where(value => value.StartsWith('{')).SelectMany(NamesIn).Distinct().Order(StringComparer.Ordinal).Select(field => new ObjectField(property.Source, property.Name, field, property.Kinds.Contains(PropertyKind.List)))];
    }

    private static IEnumerable<string> NamesIn(string value)
    {
        try
        {
            using var json = JsonDocument.Parse(value);
            return json.RootElement.ValueKind == JsonValueKind.Object ? [.. json.RootElement.EnumerateObject().Select(field => field.Name)] : [];
        }
        catch (JsonException)
        {
            // A text that merely begins like an object.
            return [];
        }
    }

    /// <param name="Table">A lookup table.</param>
    /// <param name="Key">Its key column.</param>
    /// <param name="Column">Another column.</param>
    private readonly record struct PickedColumn(string Table, string Key, string Column);
}
