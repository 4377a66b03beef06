using System.Collections.Immutable;
using CsCheck;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Conformance.Tests;

/// <content>Random retention and frequency.</content>
internal static partial class RandomWorld
{
    public static Gen<RetentionQuery> GenRetention =>
        from birth in GenStep
        from back in GenStep
        from range in GenRange
        from unit in AnyOf(CalendarUnit.Day, CalendarUnit.Week, CalendarUnit.Month)
        from buckets in Gen.Int[1, 6]
        from brackets in Gen.Int[1, 4].Array[0, 3]
        from alignment in AnyOf(RetentionAlignment.Rolling, RetentionAlignment.Calendar)
        from criterion in AnyOf(RetentionCriterion.On, RetentionCriterion.OnOrAfter, RetentionCriterion.OnOrBefore, RetentionCriterion.Streak)
        from kind in AnyOf(RetentionBirth.Recurring, RetentionBirth.FirstEver, RetentionBirth.FirstInRange)
        from count in Gen.Bool
        from sum in AnyOf(null, "p", "q", "$event_count")
        from filter in GenFilter
        from breakdowns in GenBreakdowns
        from side in AnyOf(RetentionEvent.Birth, RetentionEvent.Return)
        from limit in Gen.Int[1, 4]
        select new RetentionQuery
        {
            Birth = birth, Return = back, Range = range, Unit = unit, Buckets = buckets, Brackets = [.. brackets], Alignment = alignment, Criterion = criterion,
            BirthKind = kind, CountBirthAsReturn = count && side == RetentionEvent.Birth, SumProperty = sum, Filter = filter, Breakdowns = breakdowns, BreakdownOn = side, Limit = limit,
        };

    public static Gen<FrequencyQuery> GenFrequency =>
        from selector in GenStep
        from range in GenRange
        from units in AnyOf((CalendarUnit.Day, CalendarUnit.Hour), (CalendarUnit.Week, CalendarUnit.Day), (CalendarUnit.Month, CalendarUnit.Day), (CalendarUnit.Week, CalendarUnit.Hour))
        from comparison in AnyOf(CountComparison.AtLeast, CountComparison.Exactly)
        from filter in GenFilter
        from breakdowns in GenBreakdowns
        from limit in Gen.Int[1, 4]
        select new FrequencyQuery { Event = selector, Range = range, Period = units.Item1, Within = units.Item2, Comparison = comparison, Filter = filter, Breakdowns = breakdowns, Limit = limit };
}
