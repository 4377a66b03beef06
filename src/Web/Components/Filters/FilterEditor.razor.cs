using System.Collections.Immutable;
using Microsoft.AspNetCore.Components;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Web.Components.Pickers;

namespace Rondo.Web.Components.Filters;

/// <summary>
/// Edits a filter as rows. A row that is not complete yet (no value chosen) stays on the page and is not part of the
/// filter, so that half a condition never changes an answer.
/// </summary>
public sealed partial class FilterEditor
{
    private readonly List<Row> _rows = [];
    private Predicate? _given;
    private bool _isAny;
    private bool _isRead;
    private int _nextKey;

    /// <summary>The filter; null lets all through.</summary>
    [Parameter]
    public Predicate? Value { get; set; }

    [Parameter]
    public EventCallback<Predicate?> ValueChanged { get; set; }

    /// <summary>Whether persons are filtered (profile, cohorts, did) rather than events.</summary>
    [Parameter]
    public bool IsForPerson { get; set; }

    /// <summary>The event whose properties are offered; null for any.</summary>
    [Parameter]
    public string? EventName { get; set; }

    [Parameter]
    public bool IsNested { get; set; }

    /// <summary>On the button that adds a row; "Filter" when null.</summary>
    [Parameter]
    public string? AddText { get; set; }

    protected override void OnParametersSet()
    {
        if (_isRead && Equals(Value, _given))
        {
            return;
        }

        _isRead = true;
        _given = Value;
        _rows.Clear();
        (_isAny, var parts) = Value switch
        {
            null => (false, []),
            AllPredicate all => (false, all.Of),
            AnyPredicate any => (true, any.Of),
            var single => (false, ImmutableArray.Create(single)),
        };
        _rows.AddRange(parts.Select(part => new Row(_nextKey++, part)));
    }

    private bool IsComplete(Predicate part) => part is AllPredicate { Of.Length: 0 } or AnyPredicate { Of.Length: 0 }
        ? false
        : !(IsForPerson ? PredicateProblems.OfPersonFilter(part, "f", null) : PredicateProblems.OfEventFilter(part, "f", null)).Any();

    private Task AddAsync(object picked)
    {
        Predicate part = picked switch
        {
            PickedProperty property => new PropertyPredicate(property.Source, property.Name, OperatorChoice.DefaultFor(property.Kinds), []),
            CohortId cohort => new CohortPredicate(cohort, IsMember: true),
            PickedDid => new DidPredicate(new EventSelector(null), CountComparison.AtLeast, 1, Rondo.Model.Time.DateRange.Last(30, Rondo.Model.Time.CalendarUnit.Day)),
            _ => new AnyPredicate([]),
        };
        _rows.Add(new Row(_nextKey++, part));
        return GiveAsync();
    }

    private Task ReplaceAsync(int key, Predicate part)
    {
        _rows[_rows.FindIndex(row => row.Key == key)] = new Row(key, part);
        return GiveAsync();
    }

    private Task RemoveAsync(int key)
    {
        _rows.RemoveAll(row => row.Key == key);
        return GiveAsync();
    }

    private Task ChangeModeAsync(ChangeEventArgs change)
    {
        _isAny = change.Value?.ToString() == "any";
        return GiveAsync();
    }

    private async Task GiveAsync()
    {
        var parts = _rows.Select(row => row.Part).Where(IsComplete).ToImmutableArray();
        Predicate? filter = parts switch
        {
            [] => null,
            [AllPredicate or AnyPredicate] => new AllPredicate(parts),
            [var single] when !_isAny => single,
            _ => _isAny ? new AnyPredicate(parts) : new AllPredicate(parts),
        };
        if (!Equals(filter, _given))
        {
            _given = filter;
            await ValueChanged.InvokeAsync(filter);
        }
    }

    private readonly record struct Row(int Key, Predicate Part);
}
