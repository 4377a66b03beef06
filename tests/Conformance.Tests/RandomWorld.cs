using System.Collections.Immutable;
using CsCheck;
using NodaTime;
using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Rondo.Model.Lexicon;
using Rondo.Model.Predicates;
using Rondo.Model.Profiles;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Conformance.Tests;

/// <summary>Random events, merges, retries, late events, profiles and questions, dense enough that rules collide.</summary>
internal static partial class RandomWorld
{
    private static readonly Instant Start = Instant.FromUtc(2026, 3, 20, 0, 0);
    private static readonly string[] Names = ["A", "B", "C", "D", WellKnownEvents.PushSend, WellKnownEvents.PushOpen];

    /// <summary>Berlin changes to summer time on 29 March 2026, inside the data.</summary>
    private static readonly DateTimeZone[] Zones = [DateTimeZone.Utc, DateTimeZoneProviders.Tzdb["Europe/Berlin"], DateTimeZoneProviders.Tzdb["Asia/Seoul"]];

    private static readonly Gen<PropertyValue> GenValue = Gen.Frequency(
        (5, AnyOf("x", "y", "z", "").Select(PropertyValue.Of)),
        (3, Gen.Int[0, 4].Select(number => PropertyValue.Of((double)number))),
        (1, Gen.Bool.Select(PropertyValue.Of)),
        (1, AnyOf("x", "y").Array[0, 2].Select(items => PropertyValue.Of([.. items.Select(PropertyValue.Of)]))));

    private static readonly Gen<Property[]> GenProperties =
        Gen.Select(AnyOf("p", "q"), GenValue, (name, value) => new Property(name, value)).Array[0, 2]
            .Select(properties => properties.DistinctBy(property => property.Name).ToArray());

    /// <summary>Times cluster on few instants: equal timestamps, the grace, windows and midnights are hit often.</summary>
    private static readonly Gen<Instant> GenTime = Gen.Frequency(
        (3, Gen.Int[0, 24 * 14].Select(hours => Start + Duration.FromHours(hours))),
        (3, Gen.Select(Gen.Int[0, 20], Gen.Int[0, 5], (half, second) => Start + Duration.FromDays(9) + Duration.FromMinutes(30 * half) + Duration.FromSeconds(second))),
        (1, Gen.Int[0, 14 * 86_400].Select(seconds => Start + Duration.FromSeconds(seconds) + Duration.FromMilliseconds(seconds % 1000))));

    private static readonly Gen<TrackedEvent> GenEvent =
        from name in AnyOf(Names)
        from user in AnyOf("", "u1", "u2", "u3", "u4")
        from device in AnyOf("", "", "d1", "d2", "d3", "d4", "d5")
        from time in GenTime
        from insertId in Gen.Frequency((1, Gen.Const((string?)null)), (2, Gen.Int[0, 3].Select(key => (string?)$"k{key}")))
        from properties in GenProperties
        select new TrackedEvent
        {
            Name = name,
            DistinctId = user.Length > 0 ? user : device.Length > 0 ? DeviceIds.DistinctIdOf(device) : "",
            UserId = user.Length > 0 ? user : null,
            DeviceId = device.Length > 0 ? device : null,
            Time = time,
            InsertId = insertId,
            Properties = properties,
        };

    private static readonly Gen<ProfileUpdate> GenUpdate =
        from id in AnyOf("u1", "u2", "u5", "$device:d1", "$device:d6")
        from operation in AnyOf(ProfileOperator.Set, ProfileOperator.SetOnce, ProfileOperator.Union, ProfileOperator.Unset, ProfileOperator.Delete, ProfileOperator.Append)
        from value in AnyOf("x", "y")
        select new ProfileUpdate
        {
            DistinctId = id,
            Operator = operation,
            Properties = operation == ProfileOperator.Delete ? [] : [new Property("plan", PropertyValue.Of(value))],
            Time = Start,
            IgnoreTime = true,
        };

    public static readonly Gen<IngestBatch[]> GenBatches =
        Gen.Select(GenEvent.Array[0, 12], GenUpdate.Array[0, 2], (events, updates) => new IngestBatch(Start, events, updates)).Array[1, 8];

    private static readonly Gen<Predicate> GenCondition = Gen.OneOf(
        Gen.Select(AnyOf("p", "q"), AnyOf(PropertyOperator.Equals, PropertyOperator.DoesNotEqual), GenValue, (name, how, value) => (Predicate)new PropertyPredicate(PropertySource.Event, name, how, [value])),
        Gen.Select(AnyOf("p", "q"), AnyOf(PropertyOperator.IsSet, PropertyOperator.IsNotSet, PropertyOperator.IsTrue), (name, how) => (Predicate)new PropertyPredicate(PropertySource.Event, name, how, [])),
        Gen.Select(AnyOf("p", "q"), AnyOf(PropertyOperator.AtLeast, PropertyOperator.LessThan), Gen.Int[0, 4], (name, how, number) => (Predicate)new PropertyPredicate(PropertySource.Event, name, how, [PropertyValue.Of((double)number)])),
        AnyOf(PropertyOperator.Equals, PropertyOperator.DoesNotContain).Select(how => (Predicate)new PropertyPredicate(PropertySource.User, "plan", how, [PropertyValue.Of("x")])),
        Gen.Bool.Select(isMember => (Predicate)new CohortPredicate(new CohortId(1), isMember)));

    private static readonly Gen<Predicate?> GenFilter = Gen.Frequency(
        (4, Gen.Const((Predicate?)null)),
        (3, GenCondition.Select(condition => (Predicate?)condition)),
        (1, GenCondition.Array[0, 2].Select(parts => (Predicate?)new AllPredicate([.. parts]))),
        (1, GenCondition.Array[0, 2].Select(parts => (Predicate?)new AnyPredicate([.. parts]))),
        (1, GenCondition.Select(part => (Predicate?)new NotPredicate(part))));

    private static readonly Gen<EventSelector> GenNamed =
        Gen.Select(Gen.Frequency((6, AnyOf(Names).Select(name => (string?)name)), (1, Gen.Const((string?)null))), GenFilter, (name, filter) => new EventSelector(name, filter));

    private static readonly Gen<EventSelector> GenSelector =
        from named in GenNamed
        from others in GenNamed.Array[1, 2]
        from shape in Gen.Int[0, 9]
        from firstTime in Gen.Frequency((4, Gen.Const(false)), (1, Gen.Const(true)))
        select (shape switch
        {
            0 or 1 => new EventSelector(null, named.Filter) { AnyOf = [named, .. others] },
            2 => new EventSelector(null, named.Filter) { Custom = "Either" },
            _ => named,
        }) with { FirstTime = firstTime };

    /// <summary>A saved union of events, whose members overlap.</summary>
    public static readonly ProjectLexicon Lexicon = new()
    {
        CustomEvents = ImmutableDictionary<string, ImmutableArray<EventSelector>>.Empty.Add("Either",
        [
            new EventSelector("A", new PropertyPredicate(PropertySource.Event, "p", PropertyOperator.IsSet, [])),
            new EventSelector("B"),
            new EventSelector("A", new PropertyPredicate(PropertySource.Event, "q", PropertyOperator.IsSet, [])),
        ]),
    };

    private static readonly Gen<DateRange> GenRange = Gen.OneOf(
        Gen.Select(Gen.Int[0, 13], Gen.Int[0, 13], (from, length) => DateRange.Between(new LocalDate(2026, 3, 20).PlusDays(from), new LocalDate(2026, 3, 20).PlusDays(from + length))),
        Gen.Select(Gen.Int[1, 20], AnyOf(CalendarUnit.Day, CalendarUnit.Week), (count, unit) => DateRange.Last(count, unit)));

    private static readonly Gen<Bucketing?> GenBuckets = Gen.Frequency(
        (3, Gen.Const((Bucketing?)null)),
        (1, Gen.Const((Bucketing?)new AutoBuckets())),
        (1, Gen.Select(Gen.Int[1, 2], Gen.Int[0, 2], (size, min) => (Bucketing?)new EvenBuckets(size, min, min + 2))),
        (1, Gen.Const((Bucketing?)new VariedBuckets([1, 3]))),
        (1, Gen.Const((Bucketing?)new TextGroups([new TextGroup("first", ["x", ""]), new TextGroup("second", ["X", "Y"], PropertyOperator.Contains)]))));

    private static readonly Gen<Breakdown> GenBreakdown = Gen.Frequency(
        (4, Gen.Select(AnyOf("p", "q"), GenBuckets, (name, buckets) => new Breakdown(PropertySource.Event, name) { Buckets = buckets })),
        (1, Gen.Const(new Breakdown(PropertySource.User, "plan"))),
        (1, Gen.Const(Breakdown.Of(new CohortId(1), new CohortId(2)))));

    private static readonly Gen<ImmutableArray<Breakdown>> GenBreakdowns = Gen.Frequency(
        (2, Gen.Const(ImmutableArray<Breakdown>.Empty)),
        (4, GenBreakdown.Select(breakdown => ImmutableArray.Create(breakdown))),
        (2, GenBreakdown.Array[2, 3].Select(breakdowns => breakdowns.ToImmutableArray())));

    public static readonly Gen<InsightsQuery> GenInsights =
        from metrics in Gen.Select(GenSelector, AnyOf(Measure.Total, Measure.Uniques), (selector, measure) => new Metric(selector, measure)).Array[1, 2]
        from range in GenRange
        from unit in AnyOf(CalendarUnit.Hour, CalendarUnit.Day, CalendarUnit.Week, CalendarUnit.Month)
        from filter in GenFilter
        from breakdowns in GenBreakdowns
        from limit in Gen.Int[1, 4]
        select new InsightsQuery { Metrics = [.. metrics], Range = range, Unit = unit, Filter = filter, Breakdowns = breakdowns, Limit = limit };

    private static readonly Gen<Predicate> GenPersonCondition = Gen.OneOf(
        AnyOf(PropertyOperator.Equals, PropertyOperator.DoesNotEqual, PropertyOperator.Contains).Select(how => (Predicate)new PropertyPredicate(PropertySource.User, "plan", how, [PropertyValue.Of("x")])),
        AnyOf(PropertyOperator.IsSet, PropertyOperator.IsNotSet).Select(how => (Predicate)new PropertyPredicate(PropertySource.User, "plan", how, [])),
        Gen.Bool.Select(isMember => (Predicate)new CohortPredicate(new CohortId(1), isMember)),
        Gen.Select(GenSelector, AnyOf(CountComparison.AtLeast, CountComparison.AtMost, CountComparison.Exactly), Gen.Int[0, 3], Gen.Frequency((1, Gen.Const((DateRange?)null)), (2, GenRange.Select(range => (DateRange?)range))), (selector, comparison, count, during) => (Predicate)new DidPredicate(selector, comparison, count, during)));

    public static readonly Gen<Predicate> GenPersonFilter = Gen.OneOf(
        GenPersonCondition,
        GenPersonCondition.Array[0, 3].Select(parts => (Predicate)new AllPredicate([.. parts])),
        GenPersonCondition.Array[0, 3].Select(parts => (Predicate)new AnyPredicate([.. parts])),
        GenPersonCondition.Select(part => (Predicate)new NotPredicate(part)));

    public static readonly Gen<(ProjectCalendar Calendar, Instant Now)> GenSetting =
        Gen.Select(AnyOf(Zones), AnyOf(IsoDayOfWeek.Monday, IsoDayOfWeek.Sunday), Gen.Int[0, 24 * 30], (zone, weekStart, hours) =>
            (new ProjectCalendar(zone, weekStart), Start + Duration.FromHours(hours)));

    private static Gen<T> AnyOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);
}
