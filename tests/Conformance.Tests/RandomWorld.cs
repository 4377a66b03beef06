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
        (1, Gen.Int[0, 20].Select(day => PropertyValue.Of($"2026-03-{10 + day}"))),
        (1, AnyOf("""{"k":"x"}""", """{"k":3}""").Select(PropertyValue.OfObject)),
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

    /// <summary>Computed properties: of one event property, of several, of event and profile, of the profile alone, broken at times.</summary>
    private static readonly string[] Expressions =
    [
        """if(properties["p"] == "X", "ex", properties["p"])""",
        """number(properties["p"]) + number(properties["q"])""",
        """upper(string(properties["p"])) + user["plan"]""",
        """ifs(user["plan"] == "x", 1, defined(user["plan"]), 2)""",
        """properties["p"]["k"]""",
        """lookup("Things", "colour", properties["p"])""",
        """datedif(properties["p"], event["$time"], "D")""",
        """any(i, properties["q"], i == "x") or not properties["q"]""",
        """event["$event_name"]""",
    ];

    private static readonly Gen<(PropertySource Source, string Name)> GenComputed = Gen.Frequency(
        (8, AnyOf(Expressions).Select(text => (PropertySource.Expression, text))),
        (1, Gen.Const((PropertySource.Custom, "Computed"))));

    private static readonly Gen<(PropertyOperator How, ImmutableArray<PropertyValue> Values)> GenTest = Gen.OneOf(
        Gen.Select(AnyOf(PropertyOperator.Equals, PropertyOperator.DoesNotEqual), GenValue, (how, value) => (how, ImmutableArray.Create(value))),
        Gen.Select(AnyOf(PropertyOperator.Contains, PropertyOperator.DoesNotContain, PropertyOperator.StartsWith, PropertyOperator.EndsWith), AnyOf("X", "2026", ""), (how, text) => (how, ImmutableArray.Create(PropertyValue.Of(text)))),
        AnyOf(PropertyOperator.IsSet, PropertyOperator.IsNotSet, PropertyOperator.IsTrue, PropertyOperator.IsFalse).Select(how => (how, ImmutableArray<PropertyValue>.Empty)),
        Gen.Select(AnyOf(PropertyOperator.AtLeast, PropertyOperator.LessThan, PropertyOperator.AtMost, PropertyOperator.GreaterThan), Gen.Int[0, 4], (how, number) => (how, ImmutableArray.Create(PropertyValue.Of((double)number)))),
        Gen.Select(AnyOf(PropertyOperator.Between, PropertyOperator.NotBetween), Gen.Int[0, 2], (how, number) => (how, ImmutableArray.Create(PropertyValue.Of((double)number), PropertyValue.Of(number + 1.0)))),
        Gen.Select(AnyOf(PropertyOperator.On, PropertyOperator.NotOn, PropertyOperator.Before, PropertyOperator.Since), Gen.Int[10, 30], (how, day) => (how, ImmutableArray.Create(PropertyValue.Of($"2026-03-{day}")))),
        Gen.Select(AnyOf(PropertyOperator.BetweenDates, PropertyOperator.NotBetweenDates), Gen.Int[10, 30], (how, day) => (how, ImmutableArray.Create(PropertyValue.Of($"2026-03-{day}"), PropertyValue.Of("2026-03-30")))),
        Gen.Select(AnyOf(PropertyOperator.InTheLast, PropertyOperator.NotInTheLast, PropertyOperator.InTheNext), Gen.Int[1, 9], AnyOf("day", "hour", "week"), (how, count, unit) => (how, ImmutableArray.Create(PropertyValue.Of((double)count), PropertyValue.Of(unit)))));

    private static readonly Gen<ListItems?> GenItems = AnyOf<ListItems?>(null, null, ListItems.Any, ListItems.All);

    private static readonly Gen<Predicate> GenCondition = Gen.OneOf(
        Gen.Select(AnyOf("p", "q"), GenTest, GenItems, (name, test, items) => (Predicate)new PropertyPredicate(PropertySource.Event, name, test.How, test.Values) { Items = items }),
        Gen.Select(GenComputed, GenTest, (computed, test) => (Predicate)new PropertyPredicate(computed.Source, computed.Name, test.How, test.Values)),
        Gen.Select(AnyOf(PropertyOperator.Since, PropertyOperator.NotOn), Gen.Int[20, 30], (how, day) => (Predicate)new PropertyPredicate(PropertySource.Event, BuiltInProperties.Time, how, [PropertyValue.Of($"2026-03-{day}")])),
        Gen.Select(AnyOf("p", "q"), AnyOf(PropertyOperator.Equals, PropertyOperator.DoesNotEqual), GenValue, (name, how, value) => (Predicate)new PropertyPredicate(PropertySource.Event, name, how, [value])),
        Gen.Select(AnyOf("p", "q"), AnyOf(PropertyOperator.IsSet, PropertyOperator.IsNotSet, PropertyOperator.IsTrue), (name, how) => (Predicate)new PropertyPredicate(PropertySource.Event, name, how, [])),
        Gen.Select(AnyOf("p", "q", BuiltInProperties.SessionSeconds, BuiltInProperties.SessionEventCount), AnyOf(PropertyOperator.AtLeast, PropertyOperator.LessThan), Gen.Int[0, 4], (name, how, number) => (Predicate)new PropertyPredicate(PropertySource.Event, name, how, [PropertyValue.Of((double)number)])),
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

    /// <summary>Events, and the beginnings and ends of sessions.</summary>
    private static readonly Gen<EventSelector> GenStep = Gen.Frequency(
        (6, GenSelector),
        (1, Gen.Select(AnyOf(WellKnownEvents.SessionStart, WellKnownEvents.SessionEnd), GenFilter, (name, filter) => new EventSelector(name, filter))));

    /// <summary>A saved union of events, whose members overlap.</summary>
    public static readonly ProjectLexicon Lexicon = new()
    {
        CustomEvents = ImmutableDictionary<string, ImmutableArray<EventSelector>>.Empty.Add("Either",
        [
            new EventSelector("A", new PropertyPredicate(PropertySource.Event, "p", PropertyOperator.IsSet, [])),
            new EventSelector("B"),
            new EventSelector("A", new PropertyPredicate(PropertySource.Event, "q", PropertyOperator.IsSet, [])),
        ]),
        CustomProperties = ImmutableDictionary<string, string>.Empty.Add("Computed", """if(defined(properties["q"]), properties["q"], user["plan"])"""),
        Tables = ImmutableDictionary<string, LookupTable>.Empty.Add("Things", new LookupTable(["id", "colour"], [("x", [PropertyValue.Of("red")]), ("1", [PropertyValue.Of(7)]), ("y", [PropertyValue.Null])])),
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
        (4, Gen.Select(AnyOf("p", "q", "p", "q", BuiltInProperties.SessionEventCount), GenBuckets, (name, buckets) => new Breakdown(PropertySource.Event, name) { Buckets = buckets })),
        (2, Gen.Select(GenComputed, GenBuckets, (computed, buckets) => new Breakdown(computed.Source, computed.Name) { Buckets = buckets })),
        (1, Gen.Select(AnyOf(BuiltInProperties.Time, "p"), AnyOf(Enum.GetValues<DatePart>()), (name, part) => new Breakdown(PropertySource.Event, name) { Buckets = new DateBuckets(part) })),
        (1, Gen.Const(new Breakdown(PropertySource.User, "plan"))),
        (1, Gen.Const(Breakdown.Of(new CohortId(1), new CohortId(2)))));

    private static readonly Gen<ImmutableArray<Breakdown>> GenBreakdowns = Gen.Frequency(
        (2, Gen.Const(ImmutableArray<Breakdown>.Empty)),
        (4, GenBreakdown.Select(breakdown => ImmutableArray.Create(breakdown))),
        (2, GenBreakdown.Array[2, 3].Select(breakdowns => breakdowns.ToImmutableArray())));

    private static readonly Gen<PropertyName> GenProperty = Gen.Frequency(
        (4, AnyOf("p", "q", "p", "q", BuiltInProperties.SessionSeconds, BuiltInProperties.SessionEventCount).Select(name => new PropertyName(PropertySource.Event, name))),
        (1, GenComputed.Select(computed => new PropertyName(computed.Source, computed.Name))));

    private static readonly Gen<DateRange?> GenDuring = Gen.Frequency((1, Gen.Const((DateRange?)null)), (2, GenRange.Select(range => (DateRange?)range)));

    private static readonly Gen<Predicate> GenFigure =
        from selector in GenStep
        from measure in AnyOf(Measure.Sum, Measure.Average, Measure.Median, Measure.Percentile, Measure.Minimum, Measure.Maximum, Measure.DistinctValues, Measure.DistinctValues)
        from property in GenProperty
        from days in Gen.Bool
        from comparison in AnyOf(Enum.GetValues<FigureComparison>())
        from number in Gen.Int[0, 4]
        from during in GenDuring
        select (Predicate)new FigurePredicate(selector, measure, days && measure == Measure.DistinctValues ? new PropertyName(PropertySource.Event, BuiltInProperties.Time) : property, comparison, number, during)
        {
            Percentile = measure == Measure.Percentile ? 75 : null,
            Buckets = days && measure == Measure.DistinctValues ? new DateBuckets(DatePart.Day) : null,
        };

    private static readonly Gen<Predicate> GenSequence =
        Gen.Select(GenStep.Array[2, 3], Gen.Int[1, 50], AnyOf(SequenceOutcome.Completed, SequenceOutcome.NotCompleted), GenDuring, (steps, hours, outcome, during) =>
            (Predicate)new SequencePredicate([.. steps], new ConversionWindow(hours, WindowUnit.Hour), outcome, during));

    private static readonly Gen<Predicate> GenPersonCondition = Gen.OneOf(
        GenFigure,
        GenSequence,
        AnyOf(PropertyOperator.Equals, PropertyOperator.DoesNotEqual, PropertyOperator.Contains).Select(how => (Predicate)new PropertyPredicate(PropertySource.User, "plan", how, [PropertyValue.Of("x")])),
        AnyOf(PropertyOperator.IsSet, PropertyOperator.IsNotSet).Select(how => (Predicate)new PropertyPredicate(PropertySource.User, "plan", how, [])),
        GenTest.Select(test => (Predicate)new PropertyPredicate(PropertySource.Expression, """ifs(user["plan"] == "x", 1, defined(user["plan"]), user["plan"])""", test.How, test.Values)),
        Gen.Bool.Select(isMember => (Predicate)new CohortPredicate(new CohortId(1), isMember)),
        Gen.Select(GenStep, AnyOf(CountComparison.AtLeast, CountComparison.AtMost, CountComparison.Exactly), Gen.Int[0, 3], Gen.Frequency((1, Gen.Const((DateRange?)null)), (2, GenRange.Select(range => (DateRange?)range))), (selector, comparison, count, during) => (Predicate)new DidPredicate(selector, comparison, count, during)));

    public static readonly Gen<Predicate> GenPersonFilter = Gen.OneOf(
        GenPersonCondition,
        GenPersonCondition.Array[0, 3].Select(parts => (Predicate)new AllPredicate([.. parts])),
        GenPersonCondition.Array[0, 3].Select(parts => (Predicate)new AnyPredicate([.. parts])),
        GenPersonCondition.Select(part => (Predicate)new NotPredicate(part)));

    private static readonly Gen<Metric> GenEventMetric =
        from selector in GenStep
        from measure in AnyOf(Enum.GetValues<Measure>())
        from inner in AnyOf<PerPerson?>([null, null, .. Enum.GetValues<PerPerson>().Cast<PerPerson?>()])
        from property in GenProperty
        from percentile in AnyOf(0, 25, 33.3, 90, 100)
        from once in AnyOf(PersonSegment.All, PersonSegment.All, PersonSegment.First, PersonSegment.Last)
        from analysis in Gen.Int[0, 6]
        select Sensible(new Metric(selector, measure)
        {
            PerPerson = measure is >= Measure.Sum and <= Measure.Maximum ? inner : null,
            Property = property,
            Percentile = measure == Measure.Percentile ? percentile : null,
            PersonSegment = measure == Measure.Uniques ? once : PersonSegment.All,
            Rolling = analysis == 0 && measure != Measure.CumulativeUniques ? 3 : null,
            Cumulative = analysis == 1,
        });

    private static Metric Sensible(Metric metric) => metric.NeedsProperty ? metric : metric with { Property = null };

    private static readonly Gen<Metric> GenMetric = Gen.Frequency(
        (10, GenEventMetric),
        (1, Gen.Select(GenPersonFilter, AnyOf(Measure.Uniques, Measure.DistinctValues, Measure.Maximum), (where, measure) => Sensible(new Metric(null, measure) { People = where, Property = new PropertyName(PropertySource.User, "plan") }))),
        (1, AnyOf(3, 4, 5).Select(cohort => new Metric(null) { Cohort = new CohortId(cohort) })));

    /// <summary>Cohorts 1 and 2 are lists, 3 and 4 dynamic, 5 is unknown.</summary>
    public static CohortDefinition? DefinitionOf(CohortId cohort) => cohort.Value switch
    {
        1 or 2 => new StaticCohort("a list"),
        3 => new FilterCohort(new DidPredicate(new EventSelector("A"), CountComparison.AtLeast, 1, DateRange.Last(3, CalendarUnit.Day))),
        4 => new FilterCohort(new AnyPredicate([new DidPredicate(new EventSelector("B"), CountComparison.Exactly, 0, null), new CohortPredicate(new CohortId(3), false)])),
        _ => null,
    };

    public static readonly Gen<InsightsQuery> GenInsights =
        from metrics in GenMetric.Array[1, 2]
        from formula in AnyOf(null, null, "A / B * 100", "(A + B) - 1", "-B")
        from formulaRolling in AnyOf<int?>(null, null, 2)
        from range in GenRange
        from unit in Gen.Frequency((1, Gen.Const(CalendarUnit.Hour)), (9, AnyOf(CalendarUnit.Day, CalendarUnit.Day, CalendarUnit.Week, CalendarUnit.Month, CalendarUnit.Quarter)))
        from filter in GenFilter
        from breakdowns in GenBreakdowns
        from limit in Gen.Int[1, 4]
        from past in AnyOf<PastPeriod?>(null, null, null, new PreviousPeriod(), new EarlierPeriod(1, CalendarUnit.Week))
        select new InsightsQuery
        {
            Metrics = [.. metrics, .. formula is not null && metrics.Length == 2 ? [new Metric((EventSelector?)null) { Formula = formula, Rolling = formulaRolling }] : Array.Empty<Metric>()],
            Range = range,
            Unit = unit == CalendarUnit.Hour && metrics.Any(metric => metric.Measure is Measure.DailyActive or Measure.WeeklyActive or Measure.MonthlyActive) ? CalendarUnit.Day : unit,
            Filter = filter,
            Breakdowns = breakdowns,
            Limit = limit,
            Past = past,
        };


    public static readonly Gen<(ProjectCalendar Calendar, Instant Now)> GenSetting =
        Gen.Select(AnyOf(Zones), AnyOf(IsoDayOfWeek.Monday, IsoDayOfWeek.Sunday), Gen.Int[0, 24 * 30], (zone, weekStart, hours) =>
            (new ProjectCalendar(zone, weekStart), Start + Duration.FromHours(hours)));

    /// <summary>What a session is to the project, where sessions may overlap, and what is hidden.</summary>
    public static Gen<(SessionDefinition Sessions, ProjectLexicon Lexicon)> GenProject(bool mayOverlap) =>
        Gen.Select(GenSessions, Gen.Int[0, 3], (sessions, hidden) => (
            sessions is null || (sessions is PropertySessions && !mayOverlap) ? SessionDefinition.Default : sessions,
            hidden == 0 ? Lexicon with { HiddenEvents = ["C"] } : Lexicon));

    private static Gen<T> AnyOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);
}
