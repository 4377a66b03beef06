using System.Collections.Immutable;
using System.Globalization;
using Rondo.Model.Cohorts;
using Rondo.Model.Queries;

namespace Rondo.Analytics.Words;

/// <summary>Breakdowns and their segments in words.</summary>
internal static class BreakdownWords
{
    /// <summary>To follow "by": the property, how its values are put together, or the cohorts.</summary>
    public static string Of(Breakdown breakdown, Func<CohortId, string?> cohortName)
    {
        if (breakdown.IsByCohort)
        {
            return $"being in {PlainWords.Joined([.. breakdown.Cohorts.Select(cohort => NameOf(cohort, cohortName))], "and")}";
        }

        var property = PlainWords.Quoted(breakdown.Property);
        return breakdown.Buckets switch
        {
            null => property,
            DateBuckets date => $"the {PartOf(date.Part)} of {property}",
            TextGroups => $"groups of {property}",
            _ => $"buckets of {property}",
        };
    }

    /// <summary>To follow "People who did …": which segment, or nothing for the whole.</summary>
    public static string In(Segment segment, ImmutableArray<Breakdown> breakdowns, Func<CohortId, string?> cohortName)
    {
        if (segment.Kind == SegmentKind.Overall || breakdowns.IsDefaultOrEmpty)
        {
            return string.Empty;
        }

        if (segment.Kind == SegmentKind.Other)
        {
            return $", with a {PlainWords.Joined([.. breakdowns.Select(breakdown => Of(breakdown, cohortName))], "and a")} beyond those shown";
        }

        ImmutableArray<SegmentPart> parts = segment.Kind == SegmentKind.Combination ? segment.Parts : [new SegmentPart(segment.Kind, segment.Value)];
        return $", {PlainWords.Joined([.. parts.Zip(breakdowns).Select(pair => OfPart(pair.First, pair.Second, cohortName))], "and")}";
    }

    private static string OfPart(SegmentPart part, Breakdown breakdown, Func<CohortId, string?> cohortName) => part.Kind switch
    {
        SegmentKind.InCohort => $"in {NameOf(part.Value!, cohortName)}",
        SegmentKind.NotInCohort => $"not in {NameOf(part.Value!, cohortName)}",
        SegmentKind.NotSet => $"with {PlainWords.Quoted(breakdown.Property)} not set",
        _ => $"with {PlainWords.Quoted(breakdown.Property)} {PlainWords.Quoted(part.Value!)}",
    };

    private static string NameOf(string number, Func<CohortId, string?> cohortName) => NameOf(new CohortId(int.Parse(number, CultureInfo.InvariantCulture)), cohortName);

    private static string NameOf(CohortId cohort, Func<CohortId, string?> cohortName) => $"cohort {PlainWords.Quoted(cohortName(cohort) ?? $"no. {cohort}, deleted")}";

    private static string PartOf(DatePart part) => part switch
    {
        DatePart.HourOfDay => "hour of the day",
        DatePart.DayOfWeek => "day of the week",
        _ => part.ToString().ToLowerInvariant(),
    };
}
