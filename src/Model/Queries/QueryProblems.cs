using System.Collections.Immutable;
using Rondo.Model.Predicates;
using Rondo.Model.Time;

namespace Rondo.Model.Queries;

/// <summary>Says what is wrong with a report question: all problems at once, each with its field and rule.</summary>
public static partial class QueryProblems
{
    /// <summary>Problems of an Insights query; none when it can be asked.</summary>
    public static IReadOnlyList<Problem> Of(InsightsQuery query, QueryContext context)
    {
        var problems = new List<Problem>();
        problems.AddRange(MetricProblems.Of(query, context));
        if (!Enum.IsDefined(query.Unit))
        {
            problems.Add(new Problem("unit", "must be hour, day, week, month or quarter"));
        }
        else if (AddRange(problems, query.Range, context) is { } window && BucketCount(window, query.Unit) > QueryLimits.MaximumBuckets)
        {
            problems.Add(new Problem("range", $"gives more than {QueryLimits.MaximumBuckets} points for this unit: choose a shorter range or a longer unit"));
        }

        if (query.Past is EarlierPeriod earlier && (earlier.Unit is not (CalendarUnit.Day or CalendarUnit.Week or CalendarUnit.Month or CalendarUnit.Quarter) || earlier.Count is < 1 or > 1000))
        {
            problems.Add(new Problem("past", "must be 1 to 1000 days, weeks, months or quarters earlier"));
        }

        AddCommon(problems, query.Filter, query.Breakdowns, query.Limit, context, QueryLimits.MaximumInsightsSegments);
        return problems;
    }

    private static long BucketCount(TimeWindow window, CalendarUnit unit)
    {
        var hours = (window.End - window.Start).TotalHours;
        return (long)Math.Ceiling(unit switch
        {
            CalendarUnit.Hour => hours,
            CalendarUnit.Day => hours / 24,
            CalendarUnit.Week => hours / (24 * 7),
            CalendarUnit.Month => hours / (24 * 30),
            _ => hours / (24 * 90),
        });
    }

    private static TimeWindow? AddRange(List<Problem> problems, DateRange? range, QueryContext context)
    {
        switch (range)
        {
            case null:
                problems.Add(new Problem("range", "is required"));
                return null;
            case LastRange last when last.Count is < 1 or > 3660 || !Enum.IsDefined(last.Unit):
                problems.Add(new Problem("range", "must be the last 1 to 3660 hours, days, weeks, months or quarters"));
                return null;
            case BetweenRange between when between.To < between.From:
                problems.Add(new Problem("range.to", "must not be before range.from"));
                return null;
            case BetweenRange { From.Year: < 1971 or > 2200 } or BetweenRange { To.Year: < 1971 or > 2200 } or SinceRange { From.Year: < 1971 or > 2200 }:
                problems.Add(new Problem("range", "must lie between 1971 and 2200"));
                return null;
            case SinceRange since when since.From > context.Calendar.DateOf(context.Now):
                problems.Add(new Problem("range.from", "must not be in the future"));
                return null;
            default:
                return range.Resolve(context.Calendar, context.Now);
        }
    }

    private static void AddWindow(List<Problem> problems, ConversionWindow window) => problems.AddRange(OfWindow(window, "window"));

    /// <summary>Problems of a conversion window.</summary>
    internal static IEnumerable<Problem> OfWindow(ConversionWindow window, string field)
    {
        if (!Enum.IsDefined(window.Unit) || window.Count < 1)
        {
            yield return new Problem(field, "must be 1 or more seconds, minutes, hours, days, weeks, months or sessions");
        }
        else if (window.IsSessions && window.Count > QueryLimits.MaximumWindowSessions)
        {
            yield return new Problem($"{field}.count", $"must be at most {QueryLimits.MaximumWindowSessions} sessions");
        }
        else if (!window.IsSessions && (window.Count > 100_000_000 || window.Length.TotalDays > QueryLimits.MaximumWindowDays))
        {
            yield return new Problem($"{field}.count", $"must be at most {QueryLimits.MaximumWindowDays} days");
        }
    }

    private static void AddCommon(List<Problem> problems, Predicate? filter, ImmutableArray<Breakdown> breakdowns, int limit, QueryContext context, int maximumSegments = QueryLimits.MaximumSegments)
    {
        problems.AddRange(PredicateProblems.OfEventFilter(filter, "filter", context));
        AddBetween(problems, limit, 1, maximumSegments, "limit");
        problems.AddRange(BreakdownProblems.Of(breakdowns, context));
    }

    private static void AddBetween(List<Problem> problems, int value, int minimum, int maximum, string field)
    {
        if (value < minimum || value > maximum)
        {
            problems.Add(new Problem(field, $"must be {minimum} to {maximum}"));
        }
    }

    private static void AddDefined<T>(List<Problem> problems, T value, string field, string allowed)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            problems.Add(new Problem(field, $"must be {allowed}"));
        }
    }
}
