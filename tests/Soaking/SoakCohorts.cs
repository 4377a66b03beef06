using System.Collections.Immutable;
using NodaTime;
using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Soaking;

/// <summary>Cohorts of every form, as a team would make them: of the same few kinds with other events, days and figures.</summary>
internal static class SoakCohorts
{
    public static readonly string[] Events =
    [
        "App Open", "View Homepage", "Search", "Play Song", "Like Song", "Add To Playlist", "Share Song", "View Pricing Plan",
        "Start Trial", "Add To Cart", "Checkout", "Purchase", "Change Settings", "Log Out",
    ];

    public static readonly string[] Plans = ["free", "trial", "paid"];

    /// <summary>The cohort whose members leave at a known moment, each an hour after the date in the profile.</summary>
    public static CohortDefinition Ripening { get; } =
        new FilterCohort(new PropertyPredicate(PropertySource.User, "probe", PropertyOperator.InTheLast, [PropertyValue.Of(1.0), PropertyValue.Of("hour")]));

    /// <param name="index">From 0; ten kinds take turns.</param>
    /// <param name="made">Those made before, which a chain may name.</param>
    /// <param name="today">The present day.</param>
    public static CohortDefinition Of(int index, IReadOnlyList<CohortId> made, LocalDate today)
    {
        var turn = index / 20;
        var name = Events[(index * 5 + turn) % Events.Length];
        var other = Events[(index * 3 + turn + 7) % Events.Length];
        var days = new[] { 7, 14, 30, 60, 90 }[turn % 5];
        var during = DateRange.Last(days, CalendarUnit.Day);
        return (index % 20) switch
        {
            0 or 1 or 2 => new FilterCohort(Did(name, 1 + turn % 3, during)),
            3 or 4 => new FilterCohort(new AllPredicate([Did(other, 1, DateRange.Last(90, CalendarUnit.Day)), new DidPredicate(new EventSelector(name), CountComparison.Exactly, 0, during)])),
            5 => new FilterCohort(new FigurePredicate(new EventSelector(name), Measure.Sum, new PropertyName(PropertySource.Event, "amount"), FigureComparison.AtLeast, 100 + (200 * turn), during)),
            6 => new FilterCohort(new FigurePredicate(new EventSelector(name), Measure.DistinctValues, new PropertyName(PropertySource.Event, "genre"), FigureComparison.AtLeast, 3, during)),
            7 => new FilterCohort(new AllPredicate([Is("plan", Plans[turn % 3]), Did(name, 1, during)])),
            8 => new FilterCohort(Is("plan", Plans[turn % 3])),
            9 => new FilterCohort(new DidPredicate(new EventSelector(name) { FirstTime = true }, CountComparison.AtLeast, 1, during)),
            10 or 11 => new FilterCohort(new AllPredicate([new CohortPredicate(made[made.Count - 1 - turn], true), Did(other, 1, during)])),
            12 => new FilterCohort(new AllPredicate([new CohortPredicate(made[^1], false), new CohortPredicate(made[^3], true)])),
            13 or 14 => new FilterCohort(new SequencePredicate([new EventSelector(name), new EventSelector(other)], new ConversionWindow(1 + turn, WindowUnit.Day), index % 2 == 0 ? SequenceOutcome.Completed : SequenceOutcome.NotCompleted, during)),
            15 => new PointCohort(new FunnelPoint(new FunnelQuery { Steps = [new EventSelector(name), new EventSelector(other), new EventSelector("Purchase")], Range = during }, 1, FunnelOutcome.DroppedOff, Segment.Overall)),
            16 => new PointCohort(new FunnelPoint(new FunnelQuery { Steps = [new EventSelector(name), new EventSelector(other)], Range = during, Window = new ConversionWindow(1, WindowUnit.Session) }, 1, FunnelOutcome.Converted, Segment.Overall)),
            17 => new PointCohort(new RetentionPoint(new RetentionQuery { Birth = new EventSelector(name), Return = new EventSelector(other), Range = DateRange.Between(today.PlusDays(-21), today), Unit = CalendarUnit.Week }, null, 0, RetentionOutcome.Retained, Segment.Overall)),
            18 => new PointCohort(new FlowPoint(new FlowQuery { Anchor = new EventSelector(name), Range = DateRange.Last(7, CalendarUnit.Day) }, new FlowNodeKey(1, FlowNodeKind.Event, other), null)),
            _ => new FilterCohort(new AllPredicate([new DidPredicate(new EventSelector(name, new PropertyPredicate(PropertySource.Event, "country", PropertyOperator.Equals, [PropertyValue.Of("C01"), PropertyValue.Of("C02")])), CountComparison.AtLeast, 2, DateRange.Last(days * 24, CalendarUnit.Hour)), new NotPredicate(Did("Log Out", 1, DateRange.Last(1, CalendarUnit.Day)))])),
        };
    }

    private static DidPredicate Did(string name, int count, DateRange during) => new(new EventSelector(name), CountComparison.AtLeast, count, during);

    private static PropertyPredicate Is(string property, string value) => new(PropertySource.User, property, PropertyOperator.Equals, [PropertyValue.Of(value)]);
}
