using System.Globalization;
using Microsoft.AspNetCore.Components;
using Rondo.Model.Predicates;

namespace Rondo.Web.Components.Filters;

/// <summary>One condition on behaviour: did or did not do an event, so often, in so many days. "Did not" is exactly 0 times.</summary>
public sealed partial class DidFilterRow
{
    [Parameter, EditorRequired]
    public DidPredicate Value { get; set; } = default!;

    [Parameter]
    public EventCallback<DidPredicate> ValueChanged { get; set; }

    private bool IsNot => Value is { Comparison: CountComparison.Exactly, Count: 0 };

    private Task ChangeNotAsync(ChangeEventArgs change) => ValueChanged.InvokeAsync(change.Value?.ToString() == "not"
        ? Value with { Comparison = CountComparison.Exactly, Count = 0 }
        : Value with { Comparison = CountComparison.AtLeast, Count = 1 });

    private Task ChangeComparisonAsync(ChangeEventArgs change) =>
        ValueChanged.InvokeAsync(Value with { Comparison = Enum.Parse<CountComparison>(change.Value!.ToString()!) });

    private Task ChangeCountAsync(ChangeEventArgs change) =>
        int.TryParse(change.Value?.ToString(), CultureInfo.InvariantCulture, out var count) && count >= 0 ? ValueChanged.InvokeAsync(Value with { Count = count }) : Task.CompletedTask;
}
