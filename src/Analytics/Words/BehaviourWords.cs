using System.Globalization;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Analytics.Words;

/// <summary>Figures and sequences of a person's events in words.</summary>
internal static class BehaviourWords
{
    /// <summary>To follow "with": <c>the sum of “price” over “Purchase” at least 100 in the last 30 days</c>.</summary>
    public static string Of(FigurePredicate figure, Func<CohortId, string?> cohortName)
    {
        var measured = new Metric(figure.Event, figure.Measure) { Property = figure.Property, Percentile = figure.Percentile };
        var compared = figure.Comparison switch
        {
            FigureComparison.AtLeast => "at least",
            FigureComparison.AtMost => "at most",
            FigureComparison.Exactly => "exactly",
            FigureComparison.GreaterThan => "greater than",
            _ => "less than",
        };
        var of = figure.Buckets is { } buckets ? $"the number of different {(buckets is DateBuckets date ? $"{date.Part.ToString().ToLowerInvariant()}s" : "buckets")} of {PlainWords.Quoted(figure.Property.Property)}" : MetricWords.OfProperty(measured);
        return $"{of} over {PredicateWords.Of(figure.Event, cohortName)} {compared} {figure.Number.ToString("#,0.######", CultureInfo.InvariantCulture)}{During(figure.During)}";
    }

    /// <summary>To follow "who": <c>did “A”, then “B” within 3 days</c>.</summary>
    public static string Of(SequencePredicate sequence, Func<CohortId, string?> cohortName)
    {
        var steps = sequence.Steps.Select(step => PredicateWords.Of(step, cohortName)).ToList();
        return sequence.Outcome == SequenceOutcome.Completed
            ? $"did {string.Join(", then ", steps)} {PlainWords.Of(sequence.Within)}{During(sequence.During)}"
            : $"did {steps[0]} and not {string.Join(", then ", steps.Skip(1))} {PlainWords.Of(sequence.Within)}{During(sequence.During)}";
    }

    private static string During(DateRange? during) => during is null ? string.Empty : $" {PlainWords.During(during)}";
}
