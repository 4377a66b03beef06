using System.Collections.Immutable;
using Microsoft.AspNetCore.Components;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using Rondo.Web.Components.Pickers;
using DateRange = Rondo.Model.Time.DateRange;

namespace Rondo.Web.Components.Filters;

/// <summary>
/// Edits a filter as rows. A row that is not complete yet (no value chosen) stays on the page and is not part of the
/// filter, so that half a condition never changes an answer.
/// </summary>
public sealed partial class FilterEditor
{
    private readonly List<Row> _rows = [];
    private Predicate? _given;
    private Joining _joining;
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
        (_joining, var parts) = Value switch
        {
            null => (_joining, []),
            AllPredicate all => (Joining.All, all.Of),
            AnyPredicate any => (Joining.Any, any.Of),
            NotPredicate { Of: AnyPredicate none } => (Joining.None, none.Of),
            NotPredicate not => (Joining.None, ImmutableArray.Create(not.Of)),
            var single => (Joining.All, ImmutableArray.Create(single)),
        };
        _rows.AddRange(parts.Select(part => new Row(_nextKey++, part)));
    }

    private bool IsComplete(Predicate part) => part is AllPredicate { Of.Length: 0 } or AnyPredicate { Of.Length: 0 } or NotPredicate { Of: AnyPredicate { Of.Length: 0 } }
        ? false
        : !(IsForPerson ? PredicateProblems.OfPersonFilter(part, "f", null) : PredicateProblems.OfEventFilter(part, "f", null)).Any();

    private Task AddAsync(object picked)
    {
        Predicate part = picked switch
        {
            PickedProperty property => new PropertyPredicate(property.Source, property.Name, OperatorChoice.DefaultFor(property.Kinds), []),
            CohortId cohort => new CohortPredicate(cohort, IsMember: true),
            PickedBehaviour.Did => new DidPredicate(new EventSelector(null), CountComparison.AtLeast, 1, DateRange.Last(30, CalendarUnit.Day)),
            PickedBehaviour.Figure => new FigurePredicate(new EventSelector(null), Measure.Sum, new PropertyName(PropertySource.Event, string.Empty), FigureComparison.AtLeast, 1, DateRange.Last(30, CalendarUnit.Day)),
            PickedBehaviour.Sequence => new SequencePredicate([new EventSelector(null), new EventSelector(null)], new ConversionWindow(3, WindowUnit.Day), SequenceOutcome.Completed, DateRange.Last(30, CalendarUnit.Day)),
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

    private Task ChangeJoiningAsync(ChangeEventArgs change)
    {
        _joining = Enum.Parse<Joining>(change.Value!.ToString()!);
        return GiveAsync();
    }

    private async Task GiveAsync()
    {
        var parts = _rows.Select(row => row.Part).Where(IsComplete).ToImmutableArray();
        Predicate? filter = parts switch
        {
            [] => null,
            _ when _joining == Joining.None => new NotPredicate(new AnyPredicate(parts)),
            [AllPredicate or AnyPredicate or NotPredicate] => new AllPredicate(parts),
            [var single] when _joining == Joining.All => single,
            _ => _joining == Joining.Any ? new AnyPredicate(parts) : new AllPredicate(parts),
        };
        if (!Equals(filter, _given))
        {
            _given = filter;
            await ValueChanged.InvokeAsync(filter);
        }
    }

    private enum Joining
    {
        All = 0,
        Any = 1,
        None = 2,
    }

    private readonly record struct Row(int Key, Predicate Part);
}
