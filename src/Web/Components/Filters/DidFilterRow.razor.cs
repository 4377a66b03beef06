using System.Globalization;
using Microsoft.AspNetCore.Components;
using Rondo.Model.Predicates;
using Rondo.Model.Time;

namespace Rondo.Web.Components.Filters;

/// <summary>One condition on behaviour: did or did not do an event, so often, in so many days. "Did not" is exactly 0 times.</summary>
public sealed partial class DidFilterRow
{
    [Parameter, EditorRequired]
    public DidPredicate Value { get; set; } = default!;

    [Parameter]
    public EventCallback<DidPredicate> ValueChanged { get; set; }

    private bool IsNot => Value is { Comparison: CountComparison.Exactly, Count: 0 };

    private string When => Value.During switch
    {
        null => "ever",
        LastRange => "last",
        _ => "dates",
    };

    private Task ChangeNotAsync(ChangeEventArgs change) => ValueChanged.InvokeAsync(change.Value?.ToString() == "not"
        ? Value with { Comparison = CountComparison.Exactly, Count = 0 }
        : Value with { Comparison = CountComparison.AtLeast, Count = 1 });

    private Task ChangeEventAsync(string? name) => ValueChanged.InvokeAsync(Value with { Event = new EventSelector(name) });

    private Task ChangeComparisonAsync(ChangeEventArgs change) =>
        ValueChanged.InvokeAsync(Value with { Comparison = Enum.Parse<CountComparison>(change.Value!.ToString()!) });

    private Task ChangeCountAsync(ChangeEventArgs change) =>
        int.TryParse(change.Value?.ToString(), CultureInfo.InvariantCulture, out var count) && count >= 0 ? ValueChanged.InvokeAsync(Value with { Count = count }) : Task.CompletedTask;

    private Task ChangeWhenAsync(ChangeEventArgs change) =>
        ValueChanged.InvokeAsync(Value with { During = change.Value?.ToString() == "ever" ? null : DateRange.Last(30, CalendarUnit.Day) });

    private Task ChangeLastAsync(ChangeEventArgs change) =>
        Value.During is LastRange last && int.TryParse(change.Value?.ToString(), CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= 3660
            ? ValueChanged.InvokeAsync(Value with { During = last with { Count = count } })
            : Task.CompletedTask;

    private Task ChangeFilterAsync(Predicate? filter) => ValueChanged.InvokeAsync(Value with { Event = Value.Event with { Filter = filter } });
}
