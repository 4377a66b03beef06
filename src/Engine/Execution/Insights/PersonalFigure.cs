using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Engine.Execution.Insights;

/// <summary>The figure of one person after another, compared. Belongs to one thread.</summary>
internal sealed class PersonalFigure(FigurePredicate predicate, ProjectCalendar calendar)
{
    private readonly HashSet<PropertyValue> _distinct = [];
    private Figures _figures = New(predicate);

    public void Add(PropertyValue value)
    {
        if (predicate.Measure != Measure.DistinctValues)
        {
            if (value.Kind == PropertyKind.Number)
            {
                _figures.Add(value.Number);
            }

            return;
        }

        foreach (var item in value.Kind == PropertyKind.List ? value.Items : [value])
        {
            var counted = predicate.Buckets is null ? item : predicate.Buckets.LabelOf(item, calendar) is { } label ? PropertyValue.Of(label) : PropertyValue.Null;
            if (counted.IsSet)
            {
                _distinct.Add(counted);
            }
        }
    }

    /// <summary>The person's figure, null for none; and begins anew.</summary>
    public double? Take()
    {
        double? figure = predicate.Measure == Measure.DistinctValues
            ? _distinct.Count == 0 ? null : _distinct.Count
            : _figures.Count == 0 ? null : _figures.Value;
        _distinct.Clear();
        if (_figures.Count > 0)
        {
            _figures = New(predicate);
        }

        return figure;
    }

    /// <summary>Whether the person's figure compares as asked, and begins anew.</summary>
    public bool TakeMatches() => Take() is { } number && predicate.Comparison switch
    {
        FigureComparison.AtLeast => number >= predicate.Number,
        FigureComparison.AtMost => number <= predicate.Number,
        FigureComparison.Exactly => number == predicate.Number,
        FigureComparison.GreaterThan => number > predicate.Number,
        _ => number < predicate.Number,
    };

    private static Figures New(FigurePredicate predicate) => new(predicate.Measure, predicate.Percentile ?? 0);
}
