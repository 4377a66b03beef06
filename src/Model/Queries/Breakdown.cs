using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Time;

namespace Rondo.Model.Queries;

/// <summary>
/// What splits a report into segments: the values of a property, or, when <see cref="Cohorts"/> is given instead, being in
/// each of some cohorts now.
/// </summary>
/// <remarks>
/// A list counts once for each distinct item, an empty list as not set. With cohorts everything counts once for each of them,
/// as in it or not in it.
/// </remarks>
/// <param name="Source">Where the property is looked up; none for a breakdown by cohorts.</param>
/// <param name="Property">The property; empty for a breakdown by cohorts.</param>
public sealed record Breakdown([property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] PropertySource Source, string Property)
{
    /// <summary>How values are put together; null for one segment per value.</summary>
    public Bucketing? Buckets { get; init; }

    /// <summary>At most <see cref="QueryLimits.MaximumBreakdownCohorts"/> cohorts; empty for a breakdown by property.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ImmutableArray<CohortId> Cohorts { get; init; }

    /// <summary>Whether it is by cohorts.</summary>
    [JsonIgnore]
    public bool IsByCohort => !Cohorts.IsDefaultOrEmpty;

    /// <summary>By cohorts.</summary>
    public static Breakdown Of(params ImmutableArray<CohortId> cohorts) => new(default, string.Empty) { Cohorts = cohorts };

    /// <summary>The parts that a value falls into: one, or one for each distinct item of a list.</summary>
    public static IReadOnlyList<SegmentPart> PartsOf(PropertyValue value, Bucketing? buckets, ProjectCalendar calendar)
    {
        if (value.Kind != PropertyKind.List)
        {
            return [PartOf(value, buckets, calendar)];
        }

        return value.Items.IsEmpty ? [SegmentPart.NotSet] : [.. value.Items.Select(item => PartOf(item, buckets, calendar)).Distinct()];
    }

    private static SegmentPart PartOf(PropertyValue value, Bucketing? buckets, ProjectCalendar calendar) =>
        SegmentPart.Of(buckets is null ? value.ToText() : buckets.LabelOf(value, calendar));
}
