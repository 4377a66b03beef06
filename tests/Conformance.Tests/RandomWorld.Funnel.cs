using System.Collections.Immutable;
using CsCheck;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Conformance.Tests;

/// <content>Random funnels and sessions.</content>
internal static partial class RandomWorld
{
    /// <summary>Static fields start in the order of the files; what another file needs is made when first asked for.</summary>
    public static Gen<SessionDefinition?> GenSessions => Gen.OneOf(
        Gen.Const((SessionDefinition?)null),
        Gen.Int[1, 120].Select(minutes => (SessionDefinition?)new TimeoutSessions(minutes * 60) { AlsoExcluded = minutes % 2 == 0 ? ["D"] : [] }),
        Gen.Select(AnyOf("A", "B"), AnyOf("C", "D"), GenFilter, (start, end, filter) => (SessionDefinition?)new EventSessions(new EventSelector(start), new EventSelector(end, filter))),
        AnyOf("p", "q").Select(property => (SessionDefinition?)new PropertySessions(property)));

    public static Gen<FunnelQuery> GenFunnel => GenFunnelWith(GenSelector);

    /// <summary>Funnels as they are asked most, which the engine counts in a straight way: other names at each step, nothing but a breakdown.</summary>
    public static Gen<FunnelQuery> GenPlainFunnel =>
        from names in Gen.Shuffle(new[] { "A", "B", "C", "D" })
        from count in Gen.Int[2, 4]
        from query in GenFunnel
        from property in AnyOf("p", "q")
        from breakdowns in Gen.Frequency((1, GenBreakdowns), (2, Gen.Const(ImmutableArray.Create(new Breakdown(PropertySource.Event, property)))))
        select new FunnelQuery
        {
            Steps = [.. names.Take(count).Select(name => new EventSelector(name))],
            Range = query.Range,
            Window = query.Window,
            ReEntry = query.ReEntry,
            Breakdowns = breakdowns,
        };

    /// <summary>Funnels with everything there is.</summary>
    public static Gen<FunnelQuery> GenRichFunnel =>
        from query in GenFunnelWith(GenStep)
        from order in Gen.Frequency((2, Gen.Const(StepOrder.Specific)), (1, Gen.Const(StepOrder.Any)))
        from flags in Gen.Bool.Array[4]
        from exclusions in Gen.Select(GenStep, Gen.Int[0, 2], Gen.Int[0, 3]).Array[0, 2]
        from held in GenProperty.Array[0, 2]
        from sessions in GenSessions
        from attribution in AnyOf(StepAttribution.AtStep, StepAttribution.FirstDefined, StepAttribution.LastDefined)
        from place in Gen.Int[0, 3]
        from sum in Gen.Bool
        from property in GenProperty
        from trend in AnyOf((CalendarUnit?)null, CalendarUnit.Day, CalendarUnit.Week)
        let last = query.Steps.Length - 1
        let steps = Enumerable.Range(0, query.Steps.Length).Where(step => flags[step]).ToImmutableArray()
        select query with
        {
            Order = order,
            Anchored = order == StepOrder.Any ? steps : [],
            Optional = order == StepOrder.Any ? [] : [.. steps.Where(step => step > 0 && step < last)],
            Exclusions = [.. exclusions.Select(one => new FunnelExclusion(one.Item1, Math.Min(one.Item2, last - 1), one.Item3 > Math.Min(one.Item2, last - 1) && one.Item3 <= last ? one.Item3 : null))],
            HoldConstant = [.. held.Distinct()],
            Sessions = sessions,
            Window = query.Window.IsSessions && sessions is PropertySessions ? new ConversionWindow(1, WindowUnit.Session) : query.Window,
            Attribution = attribution,
            AttributedStep = Math.Min(place, last),
            TrendUnit = trend,
            Sum = sum ? property : null,
            Control = sum && !query.Breakdowns.IsEmpty ? Segment.Of("x") : null,
            TimeToConvert = place == 0 ? null : new StepPair(0, place <= last ? place : null),
        };

    private static Gen<FunnelQuery> GenFunnelWith(Gen<EventSelector> genStep) =>
        from steps in genStep.Array[2, 4]
        from range in GenRange
        from window in Gen.OneOf(
            Gen.Select(Gen.Int[1, 6], AnyOf(WindowUnit.Second, WindowUnit.Hour, WindowUnit.Day), (count, unit) => new ConversionWindow(count, unit)),
            Gen.Int[1, 3].Select(count => new ConversionWindow(count, WindowUnit.Session)))
        from reEntry in AnyOf(ReEntry.FirstEntry, ReEntry.Optimized)
        from counting in AnyOf(FunnelCounting.Uniques, FunnelCounting.Uniques, FunnelCounting.Totals, FunnelCounting.Sessions)
        from filter in GenFilter
        from breakdowns in GenBreakdowns
        from limit in Gen.Int[1, 4]
        select new FunnelQuery { Steps = [.. steps], Range = range, Window = window, ReEntry = reEntry, Counting = counting, Filter = filter, Breakdowns = breakdowns, Limit = limit };
}
