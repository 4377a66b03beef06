using Rondo.Model.Predicates;
using Rondo.Model.Time;

namespace Rondo.Model.Queries;

/// <content>Retention.</content>
public static partial class QueryProblems
{
    /// <summary>Problems of a retention query; none when it can be asked.</summary>
    public static IReadOnlyList<Problem> Of(RetentionQuery query, QueryContext context)
    {
        var problems = new List<Problem>();
        problems.AddRange(SelectorProblems.Of(query.Birth, "birth", context));
        problems.AddRange(SelectorProblems.Of(query.Return, "return", context));
        if (query.Unit is not (CalendarUnit.Day or CalendarUnit.Week or CalendarUnit.Month))
        {
            problems.Add(new Problem("unit", "must be day, week or month"));
        }
        else if (AddRange(problems, query.Range, context) is { } window && BucketCount(window, query.Unit) > QueryLimits.MaximumBuckets)
        {
            problems.Add(new Problem("range", $"gives more than {QueryLimits.MaximumBuckets} rows for this unit: choose a shorter range or a longer unit"));
        }

        if (query.Buckets is < 1 or > QueryLimits.MaximumRetentionBuckets)
        {
            problems.Add(new Problem("buckets", $"must be 1 to {QueryLimits.MaximumRetentionBuckets}"));
        }

        AddDefined(problems, query.Alignment, "alignment", "rolling or calendar");
        AddBrackets(problems, query);
        AddDefined(problems, query.Criterion, "criterion", "on, onOrAfter, onOrBefore or streak");
        AddDefined(problems, query.BirthKind, "birthKind", "recurring, firstEver or firstInRange");
        AddDefined(problems, query.BreakdownOn, "breakdownOn", "birth or return");
        if (query is { CountBirthAsReturn: true, BreakdownOn: RetentionEvent.Return, Breakdowns.IsDefaultOrEmpty: false })
        {
            problems.Add(new Problem("countBirthAsReturn", "must be false when broken down by the return event: a birth has no value of a return"));
        }

        if (query.SumProperty is { } summed)
        {
            problems.AddRange(PropertyProblems.Of(query.SumSource, summed, "sum", context, isOfPerson: false).Select(problem => problem with { Field = problem.Field == "sum.source" ? "sumSource" : "sumProperty" }));
        }

        AddCommon(problems, query.Filter, query.Breakdowns, query.Limit, context);
        return problems;
    }

    /// <summary>Problems of a frequency query; none when it can be asked.</summary>
    public static IReadOnlyList<Problem> Of(FrequencyQuery query, QueryContext context)
    {
        var problems = new List<Problem>();
        problems.AddRange(SelectorProblems.Of(query.Event, "event", context));
        var isPeriod = query.Period is CalendarUnit.Day or CalendarUnit.Week or CalendarUnit.Month;
        if (!isPeriod)
        {
            problems.Add(new Problem("period", "must be day, week or month"));
        }

        if (query.Within is not (CalendarUnit.Hour or CalendarUnit.Day) || query.Within == query.Period)
        {
            problems.Add(new Problem("within", "must be hour or day, and shorter than the period"));
        }

        if (AddRange(problems, query.Range, context) is { } window && isPeriod && BucketCount(window, query.Period) > QueryLimits.MaximumBuckets)
        {
            problems.Add(new Problem("range", $"gives more than {QueryLimits.MaximumBuckets} periods: choose a shorter range or a longer period"));
        }

        AddDefined(problems, query.Comparison, "comparison", "atLeast or exactly");
        if (query.Comparison == CountComparison.AtMost)
        {
            problems.Add(new Problem("comparison", "must be atLeast or exactly"));
        }

        AddCommon(problems, query.Filter, query.Breakdowns, query.Limit, context);
        return problems;
    }

    private static void AddBrackets(List<Problem> problems, RetentionQuery query)
    {
        if (query.Brackets.IsDefault || query.Brackets.Length > QueryLimits.MaximumRetentionBuckets || query.Brackets.Any(size => size < 1))
        {
            problems.Add(new Problem("brackets", $"must be a list of at most {QueryLimits.MaximumRetentionBuckets} sizes of 1 or more"));
        }
        else if (query.Brackets.Sum(size => (long)size) > QueryLimits.MaximumBracketUnits)
        {
            problems.Add(new Problem("brackets", $"must span at most {QueryLimits.MaximumBracketUnits} {(query.Unit == CalendarUnit.Day ? "days" : query.Unit == CalendarUnit.Week ? "weeks" : "months")} together"));
        }
    }
}
