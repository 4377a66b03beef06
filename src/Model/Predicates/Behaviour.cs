using System.Collections.Immutable;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Model.Predicates;

/// <summary>
/// A figure of the person's events compares so with a number: "the sum of price over Purchase in the last 30 days is at least
/// 100", "Play on at least 5 different days". A person without any value does not match, whatever the comparison.
/// </summary>
/// <param name="Event">Which events count.</param>
/// <param name="Measure">Sum to distinct values, as in Insights.</param>
/// <param name="Property">The property looked at.</param>
/// <param name="Comparison">How the figure is compared.</param>
/// <param name="Number">The number compared with.</param>
/// <param name="During">The days looked at; null means the whole history.</param>
public sealed record FigurePredicate(EventSelector Event, Measure Measure, PropertyName Property, FigureComparison Comparison, double Number, DateRange? During) : Predicate
{
    /// <summary>0 to 100, for <see cref="Measure.Percentile"/>; else null.</summary>
    public double? Percentile { get; init; }

    /// <summary>Only for distinct values: counts days, weeks … of dates, or buckets of numbers, in place of values. Null for none.</summary>
    public Bucketing? Buckets { get; init; }
}

/// <summary>How a figure is compared.</summary>
public enum FigureComparison
{
    /// <summary>The number or more.</summary>
    AtLeast = 1,

    /// <summary>The number or less.</summary>
    AtMost = 2,

    /// <summary>Just the number.</summary>
    Exactly = 3,

    /// <summary>More than the number.</summary>
    GreaterThan = 4,

    /// <summary>Less than the number.</summary>
    LessThan = 5,
}

/// <summary>How a sequence ended.</summary>
public enum SequenceOutcome
{
    /// <summary>At least one attempt reached the last step.</summary>
    Completed = 1,

    /// <summary>The first step was done, and no attempt reached the last one.</summary>
    NotCompleted = 2,
}

/// <summary>
/// "Did A, then B within 3 days": the funnel of these steps with optimized re-entry, so every first step may begin an attempt.
/// </summary>
/// <param name="Steps"><see cref="QueryLimits.MinimumSteps"/> to <see cref="QueryLimits.MaximumSteps"/> steps.</param>
/// <param name="Within">How long after the first step the last one may come.</param>
/// <param name="Outcome">Who is meant.</param>
/// <param name="During">The days in which the first step happens; null means the whole history.</param>
public sealed record SequencePredicate(ImmutableArray<EventSelector> Steps, ConversionWindow Within, SequenceOutcome Outcome, DateRange? During) : Predicate
{
    /// <summary>The funnel behind it.</summary>
    public FunnelQuery ToFunnel() => new() { Steps = Steps, Window = Within, ReEntry = ReEntry.Optimized, Range = During ?? DateRange.Always };

    /// <inheritdoc/>
    public bool Equals(SequencePredicate? other) =>
        other is not null && Within == other.Within && Outcome == other.Outcome && Equals(During, other.During) && Steps.SequenceEqual(other.Steps);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Within, Outcome, During, Steps.Length);
}
