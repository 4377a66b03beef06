using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using Breakdown = Rondo.Model.Queries.Breakdown;
using DateRange = Rondo.Model.Time.DateRange;

namespace Rondo.Web.Features.Home;

/// <summary>The prepared questions about the sample company. They are offered only where what they ask about exists.</summary>
internal static class SampleStories
{
    public const string CompanyName = "Music Finder";
    public const string PlaySong = "Play Song";
    public const string AbandonedCart = "Abandoned Cart Campaign";
    public const string EarlyBird = "Early Bird Renewal";

    /// <summary>Where do we lose listeners: from the first song on, week by week, by source.</summary>
    public static RetentionQuery Retention { get; } = new()
    {
        Birth = new EventSelector(PlaySong),
        Return = new EventSelector(PlaySong),
        Range = DateRange.Last(17, CalendarUnit.Week),
        Unit = CalendarUnit.Week,
        Buckets = 14,
        BirthKind = RetentionBirth.FirstEver,
        Criterion = RetentionCriterion.On,
        Breakdowns = [new Breakdown(PropertySource.User, "utm_source")],
    };

    /// <summary>Did people land where we meant: what follows the opened push.</summary>
    public static FlowQuery Flow { get; } = new()
    {
        Anchor = new EventSelector(
            WellKnownEvents.PushOpen,
            new PropertyPredicate(PropertySource.Event, "campaign_name", PropertyOperator.Equals, [PropertyValue.Of(EarlyBird)])),
        Range = DateRange.Last(30, CalendarUnit.Day),
        StepsAfter = 3,
        Top = 4,
    };
}
