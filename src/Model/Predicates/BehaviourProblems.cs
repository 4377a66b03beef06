using Rondo.Model.Queries;

namespace Rondo.Model.Predicates;

/// <summary>Says what is wrong with a condition on figures or sequences of a person's events.</summary>
internal static class BehaviourProblems
{
    public static IEnumerable<Problem> Of(FigurePredicate figure, string field, QueryContext? context, int depth)
    {
        foreach (var problem in SelectorProblems.Of(figure.Event, $"{field}.event", context, depth + 1))
        {
            yield return problem;
        }

        if (figure.Measure is < Measure.Sum or > Measure.DistinctValues)
        {
            yield return new Problem($"{field}.measure", "must be sum, average, median, percentile, minimum, maximum or distinctValues");
        }

        if (figure.Measure == Measure.Percentile != figure.Percentile is not null || figure.Percentile is not (null or (>= 0 and <= 100)))
        {
            yield return new Problem($"{field}.percentile", "must be 0 to 100, for the measure percentile and for no other");
        }

        if (!Enum.IsDefined(figure.Comparison))
        {
            yield return new Problem($"{field}.comparison", "must be atLeast, atMost, exactly, greaterThan or lessThan");
        }

        if (!double.IsFinite(figure.Number))
        {
            yield return new Problem($"{field}.number", "must be a number");
        }

        if (figure.Buckets is AutoBuckets || (figure.Buckets is not null && figure.Measure != Measure.DistinctValues))
        {
            yield return new Problem($"{field}.buckets", "are for distinctValues, and cannot be automatic");
        }

        var ofProperty = figure.Property is { } property
            ? PropertyProblems.Of(property.Source, property.Property, $"{field}.property", context, isOfPerson: false)
            : [new Problem($"{field}.property", "is required")];
        foreach (var problem in ofProperty.Concat(BreakdownProblems.OfBuckets(figure.Buckets, $"{field}.buckets")))
        {
            yield return problem;
        }
    }

    public static IEnumerable<Problem> Of(SequencePredicate sequence, string field, QueryContext? context, int depth)
    {
        var problems = new List<Problem>();
        if (sequence.Steps.IsDefault || sequence.Steps.Length < QueryLimits.MinimumSteps || sequence.Steps.Length > QueryLimits.MaximumSteps)
        {
            problems.Add(new Problem($"{field}.steps", $"must hold {QueryLimits.MinimumSteps} to {QueryLimits.MaximumSteps} steps"));
        }
        else
        {
            problems.AddRange(sequence.Steps.SelectMany((step, index) => SelectorProblems.Of(step, $"{field}.steps[{index}]", context, depth + 1)));
        }

        if (!Enum.IsDefined(sequence.Outcome))
        {
            problems.Add(new Problem($"{field}.outcome", "must be completed or notCompleted"));
        }

        problems.AddRange(QueryProblems.OfWindow(sequence.Within, $"{field}.within"));
        return problems;
    }
}
