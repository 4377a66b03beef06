using System.Text.Json.Serialization;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;

namespace Rondo.Model.Queries;

/// <summary>What is counted of an event.</summary>
public enum Measure
{
    /// <summary>Distinct persons; events of nobody do not count.</summary>
    Uniques = 1,

    /// <summary>Events.</summary>
    Total = 2,

    /// <summary>Distinct persons of the last day of the bucket.</summary>
    DailyActive = 3,

    /// <summary>Distinct persons of the 7 whole days that end with the last day of the bucket.</summary>
    WeeklyActive = 4,

    /// <summary>Distinct persons of the 30 whole days that end with the last day of the bucket.</summary>
    MonthlyActive = 5,

    /// <summary>Distinct persons from the start of the range to the end of the bucket.</summary>
    CumulativeUniques = 6,

    /// <summary>Sessions that hold the event; events outside sessions do not count.</summary>
    Sessions = 7,

    /// <summary>Sum of a property over the events; what is no number is left out, here and below.</summary>
    Sum = 8,

    /// <summary>Mean of a property over the events.</summary>
    Average = 9,

    /// <summary>The percentile 50.</summary>
    Median = 10,

    /// <summary>
    /// A percentile, exact: with n values in ascending order the one at place percentile/100·(n − 1), counted from 0; between
    /// two places a straight line is drawn.
    /// </summary>
    Percentile = 11,

    /// <summary>The least value.</summary>
    Minimum = 12,

    /// <summary>The greatest value.</summary>
    Maximum = 13,

    /// <summary>How many different values, of any type, a property has; items of lists one by one.</summary>
    DistinctValues = 14,
}

/// <summary>What is worked out for each person first, over the events of the bucket (or of the range, for the total).</summary>
public enum PerPerson
{
    /// <summary>How often the person did it.</summary>
    Count = 1,

    /// <summary>The sum of the property.</summary>
    Sum = 2,

    /// <summary>Its mean.</summary>
    Average = 3,

    /// <summary>Its least value.</summary>
    Minimum = 4,

    /// <summary>Its greatest value.</summary>
    Maximum = 5,

    /// <summary>How many different values it has.</summary>
    DistinctValues = 6,
}

/// <summary>In which segments a person counts.</summary>
public enum PersonSegment
{
    /// <summary>In every segment touched.</summary>
    All = 0,

    /// <summary>In the segment of the first event only, of each bucket and of the range.</summary>
    First = 1,

    /// <summary>In the segment of the last event only, of each bucket and of the range.</summary>
    Last = 2,
}

/// <summary>A property by its source and name.</summary>
public sealed record PropertyName(PropertySource Source, string Property);

/// <summary>One line or, with a breakdown, one group of lines: an event and what is counted of it, a formula, a cohort or a profile figure.</summary>
/// <param name="Event">Which events; null for <see cref="Formula"/>, <see cref="Cohort"/> and <see cref="People"/>.</param>
/// <param name="Measure">What is counted of them. For people: uniques counts them, and the measures of a property look at their profiles.</param>
public sealed record Metric(EventSelector? Event, Measure Measure = Measure.Uniques)
{
    /// <summary>The property that sum to distinct values look at.</summary>
    public PropertyName? Property { get; init; }

    /// <summary>0 to 100, for <see cref="Measure.Percentile"/>.</summary>
    public double? Percentile { get; init; }

    /// <summary>Works out a number for each person who did the event, of which the measure (sum to greatest) is then taken; null for none.</summary>
    public PerPerson? PerPerson { get; init; }

    /// <summary>Only for uniques.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public PersonSegment PersonSegment { get; init; }

    /// <summary>
    /// Figures of the other metrics, which are called A, B, … in order: numbers, letters, <c>+ - * / ( )</c>. Worked out point by
    /// point and segment by segment; the segments are those of the first letter in it. Division by zero gives no value.
    /// </summary>
    public string? Formula { get; init; }

    /// <summary>How many are in a cohort at the end of each bucket, at most now. Not broken down.</summary>
    public CohortId? Cohort { get; init; }

    /// <summary>A figure of the people who match, as they are now: the same at every point. Not broken down.</summary>
    public Predicate? People { get; init; }

    /// <summary>Shows the running sum of the values in place of the values.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Cumulative { get; init; }

    /// <summary>
    /// Shows the mean of so many buckets up to and including each, reading before the range for the first ones; buckets without
    /// a value are left out. 2 to <see cref="QueryLimits.MaximumRolling"/>; null for none.
    /// </summary>
    public int? Rolling { get; init; }

    /// <summary>Whether it is made of other metrics.</summary>
    [JsonIgnore]
    public bool IsFormula => Formula is not null;

    /// <summary>Whether the measure looks at a property.</summary>
    [JsonIgnore]
    public bool NeedsProperty => PerPerson is { } inner ? inner != Queries.PerPerson.Count : Measure >= Measure.Sum;
}
