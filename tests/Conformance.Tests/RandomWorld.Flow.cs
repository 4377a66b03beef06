using CsCheck;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Conformance.Tests;

/// <content>Random flows.</content>
internal static partial class RandomWorld
{
    public static Gen<FlowQuery> GenFlow =>
        from anchor in GenSelector
        from range in GenRange
        from before in Gen.Int[0, 2]
        from after in Gen.Int[1, 3]
        from top in Gen.Int[1, 3]
        from hours in Gen.Int[1, 80]
        from hidden in AnyOf("B", "C").Array[0, 1]
        from collapse in Gen.Bool
        from filter in GenFilter
        select new FlowQuery
        {
            Anchor = anchor, Range = range, StepsBefore = before, StepsAfter = after, Top = top, Window = new ConversionWindow(hours, WindowUnit.Hour),
            Hidden = [.. hidden], CollapseRepeats = collapse, Filter = filter,
        };

    /// <summary>Flows with everything there is.</summary>
    public static Gen<FlowQuery> GenRichFlow =>
        from query in GenFlow
        from anchor in GenStep
        from then in Gen.Select(GenStep, Gen.Int[0, 2], Gen.Int[0, 2], (selector, before, after) => new FlowAnchor(selector, before, after)).Array[0, 2]
        from counting in AnyOf(FunnelCounting.Uniques, FunnelCounting.Totals, FunnelCounting.Sessions)
        from window in Gen.Frequency((2, Gen.Const(query.Window)), (1, Gen.Int[1, 3].Select(count => new ConversionWindow(count, WindowUnit.Session))))
        from sessions in GenSessions
        from exclusion in GenSelector.Array[0, 1]
        from held in GenProperty.Array[0, 1]
        from expand in Gen.Select(AnyOf("A", "B", "C"), GenProperty).Array[0, 2]
        from custom in Gen.Bool
        from breakdowns in GenBreakdowns
        from limit in Gen.Int[1, 3]
        from paths in AnyOf(0, 3, 50)
        select query with
        {
            Anchor = anchor,
            Then = [.. then],
            Counting = counting,
            Window = window.IsSessions && sessions is PropertySessions ? new ConversionWindow(1, WindowUnit.Session) : window,
            Sessions = sessions,
            Exclusions = then.Length == 0 ? [] : [.. exclusion.Select(selector => new FunnelExclusion(selector))],
            HoldConstant = [.. held],
            Expand = [.. expand.DistinctBy(one => one.Item1).Select(one => new FlowExpansion(one.Item1, one.Item2.Property) { Source = one.Item2.Source })],
            CustomEvents = custom ? ["Either"] : [],
            Breakdowns = breakdowns,
            Limit = limit,
            TopPaths = paths,
        };
}
