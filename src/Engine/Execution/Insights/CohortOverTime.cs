using NodaTime;
using Rondo.Model.Cohorts;
using Rondo.Model.Stores;

namespace Rondo.Engine.Execution.Insights;

/// <summary>
/// A cohort as it was: its definition with the present set back, over the events before then. Profiles are those of today,
/// and a fixed list has always been what it is.
/// </summary>
internal static class CohortOverTime
{
    /// <summary>The size at the end of each bucket; null for buckets that have not begun.</summary>
    public static double?[] SizesOf(Question question, CohortId cohort, TimeAxis axis) => [.. Enumerable.Range(0, axis.BucketCount).Select(bucket =>
        axis.Edges[bucket] >= question.Context.Now ? null : (double?)MembersAt(question, cohort, EndOf(axis, bucket, question.Context.Now))?.Count)];

    /// <summary>The members whose number stands at a bucket, or (null) at the last one that has begun.</summary>
    public static PersonSet MembersIn(Question question, CohortId cohort, TimeAxis axis, int? bucket)
    {
        var now = question.Context.Now;
        var at = bucket ?? Array.FindLastIndex(axis.Edges, axis.BucketCount - 1, edge => edge < now);
        return at < 0 || axis.Edges[at] >= now ? PersonSet.Empty : MembersAt(question, cohort, EndOf(axis, at, now)) ?? PersonSet.Empty;
    }

    /// <summary>When the size of a bucket is taken: at its end, at the end of the range or now, whichever comes first.</summary>
    private static Instant EndOf(TimeAxis axis, int bucket, Instant now) => Instant.Min(Instant.Min(axis.Edges[bucket + 1], axis.Window.End), now);

    /// <summary>The members at a moment; null for an unknown cohort.</summary>
    private static PersonSet? MembersAt(Question question, CohortId cohort, Instant moment)
    {
        switch (question.Context.CohortDefinition(cohort))
        {
            case null:
                return null;
            case StaticCohort:
                return question.Context.CohortMembers(cohort);
            case var definition:
                var present = question.Context;
                var context = present with
                {
                    // The end of a day is still that day, and not the next.
                    Now = moment < present.Now ? moment - Duration.Epsilon : moment,
                    EventsBefore = moment,
                    CohortMembers = inner => MembersAt(question, inner, moment) ?? present.CohortMembers(inner),
                };
                return new PeopleOperator(new Question(question.View, context, question.Threads, question.CancellationToken)).MembersOf(definition);
        }
    }
}
