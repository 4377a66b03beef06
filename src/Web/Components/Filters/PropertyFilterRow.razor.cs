using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Components;
using Rondo.Analytics.Contracts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Web.Components.Pickers;

namespace Rondo.Web.Components.Filters;

/// <summary>One condition on a property: property, operator, value.</summary>
public sealed partial class PropertyFilterRow
{
    private readonly string?[] _bounds = new string?[2];
    private IReadOnlyList<PropertyKind> _kinds = [];
    private string? _kindsOf;

    [CascadingParameter]
    private Project Project { get; set; } = default!;

    [Inject]
    private Vocabulary Vocabulary { get; set; } = default!;

    [Parameter, EditorRequired]
    public PropertyPredicate Value { get; set; } = default!;

    [Parameter]
    public EventCallback<PropertyPredicate> ValueChanged { get; set; }

    [Parameter]
    public string? EventName { get; set; }

    /// <summary>Whether persons are filtered, who have no event properties.</summary>
    [Parameter]
    public bool IsForPerson { get; set; }

    private IReadOnlyList<string> Texts => Value.Values.IsDefaultOrEmpty ? [] : [.. Value.Values.Select(value => value.ToText() ?? string.Empty).Distinct()];

    private IEnumerable<PropertyOperator> Choices
    {
        get
        {
            var choices = OperatorChoice.For(_kinds);
            return choices.Contains(Value.Operator) ? choices : choices.Append(Value.Operator);
        }
    }

    protected override async Task OnParametersSetAsync()
    {
        if (OperatorChoice.EntryOf(Value.Operator) is ValueEntry.TwoNumbers or ValueEntry.TwoDates && Texts.Count == 2)
        {
            (_bounds[0], _bounds[1]) = (Texts[0], Texts[1]);
        }

        var of = $"{Value.Source}/{EventName}/{Value.Property}";
        if (of != _kindsOf)
        {
            _kindsOf = of;
            var properties = await Vocabulary.PropertiesAsync(Project.Id, Value.Source, Value.Source == PropertySource.Event ? EventName : null);
            _kinds = properties.FirstOrDefault(property => property.Name == Value.Property)?.Kinds ?? [];
        }
    }

    private Task ChangePropertyAsync(object picked) => picked is PickedProperty property
        ? ValueChanged.InvokeAsync(new PropertyPredicate(property.Source, property.Name, OperatorChoice.DefaultFor(property.Kinds), []))
        : Task.CompletedTask;

    private Task ChangeOperatorAsync(ChangeEventArgs change)
    {
        var chosen = Enum.Parse<PropertyOperator>(change.Value!.ToString()!);
        var isSameEntry = OperatorChoice.EntryOf(chosen) == OperatorChoice.EntryOf(Value.Operator);
        return ValueChanged.InvokeAsync(Value with { Operator = chosen, Values = isSameEntry ? Value.Values : [] });
    }

    private Task ChangeValuesAsync(IReadOnlyList<string> texts) =>
        ValueChanged.InvokeAsync(Value with { Values = [.. texts.SelectMany(text => OperatorChoice.ValuesOf(text, _kinds))] });

    private string Unit => Texts.ElementAtOrDefault(1) ?? "day";

    private Task ChangeDayAsync(int index, ChangeEventArgs change)
    {
        _bounds[index] = change.Value?.ToString();
        return ValueChanged.InvokeAsync(Value with { Values = _bounds.All(day => !string.IsNullOrEmpty(day)) ? [.. _bounds.Select(day => PropertyValue.Of(day!))] : [] });
    }

    private Task ChangeUnitsAsync(string? count, string unit) => ValueChanged.InvokeAsync(Value with
    {
        Values = int.TryParse(count, CultureInfo.InvariantCulture, out var number) && number > 0 ? [PropertyValue.Of(number), PropertyValue.Of(unit)] : [],
    });

    private Task ChangeItemsAsync(ChangeEventArgs change) =>
        ValueChanged.InvokeAsync(Value with { Items = Enum.TryParse<ListItems>(change.Value?.ToString(), out var items) ? items : null });

    private Task ChangeTextAsync(ChangeEventArgs change)
    {
        var text = change.Value?.ToString() ?? string.Empty;
        return ValueChanged.InvokeAsync(Value with { Values = text.Length == 0 ? [] : [PropertyValue.Of(text)] });
    }

    private Task ChangeNumberAsync(int index, ChangeEventArgs change)
    {
        _bounds[index] = change.Value?.ToString();
        var needed = OperatorChoice.EntryOf(Value.Operator) == ValueEntry.TwoNumbers ? 2 : 1;
        var numbers = _bounds.Take(needed)
            .Select(text => double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? PropertyValue.Of(number) : PropertyValue.Null)
            .ToImmutableArray();
        return ValueChanged.InvokeAsync(Value with { Values = numbers.All(number => number.IsSet) ? numbers : [] });
    }
}
