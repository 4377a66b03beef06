using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;

namespace Rondo.Engine.Execution.Insights;

/// <summary>A figure of people as they are now: how many, or a measure of a property of their profiles.</summary>
internal static class PeopleFigure
{
    public static double? Of(Question question, Metric metric, Predicate where)
    {
        var people = new PeopleOperator(question).Where(where);
        if (metric.Property is not { } property)
        {
            return people.Count;
        }

        var values = question.Filter.Values.OfPersons(property.Source, property.Property);
        if (metric.Measure == Measure.DistinctValues)
        {
            return people.SelectMany(person => values[person.Value].Kind == PropertyKind.List ? values[person.Value].Items.AsEnumerable() : [values[person.Value]]).Where(value => value.IsSet).Distinct().Count();
        }

        var figures = new Figures(metric.Measure, metric.Percentile ?? 0);
        foreach (var person in people)
        {
            if (values[person.Value] is { Kind: PropertyKind.Number } value)
            {
                figures.Add(value.Number);
            }
        }

        return figures.Value;
    }
}
