using System.Text;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using static Rondo.Analytics.Tests.World;

namespace Rondo.Analytics.Tests.Lexicon;

/// <summary>What a project names for its questions: checked when saved, used by name, kept over a restart.</summary>
public sealed class DefinitionTests
{
    [Fact]
    public async Task A_custom_event_is_named_by_questions_and_can_change()
    {
        await using var world = await CreateAsync();
        await world.AddAsync(Event("A", "ann"), Event("B", "bob", null, P("size", 5)), Event("B", "cem", null, P("size", 1)));
        var definitions = world.Get<IDefinitions>();
        var large = new EventSelector("B", new PropertyPredicate(PropertySource.Event, "size", PropertyOperator.AtLeast, [PropertyValue.Of(3)]));
        (await definitions.SaveAsync(world.Project, new CustomEvent("Engaged", "", [new EventSelector("A"), large]), default)).IsAccepted.ShouldBeTrue();
        (await CountAsync(world, new Metric(new EventSelector(null) { Custom = "Engaged" }))).ShouldBe(2);

        await world.RestartAsync();
        (await CountAsync(world, new Metric(new EventSelector(null) { Custom = "Engaged" }))).ShouldBe(2, "after a restart");
        await world.Get<IDefinitions>().SaveAsync(world.Project, new CustomEvent("Engaged", "", [new EventSelector("A")]), default);
        (await CountAsync(world, new Metric(new EventSelector(null) { Custom = "Engaged" }))).ShouldBe(1, "changed");
        (await world.Get<IDefinitions>().CustomEventsAsync(world.Project, default)).Single().AnyOf.Length.ShouldBe(1);

        (await world.Get<IDefinitions>().DeleteAsync(world.Project, DefinedKind.CustomEvent, "Engaged", default)).Value.ShouldBeTrue();
        (await world.Get<IDefinitions>().DeleteAsync(world.Project, DefinedKind.CustomEvent, "Engaged", default)).Value.ShouldBeFalse();
        (await ProblemsAsync(world, new Metric(new EventSelector(null) { Custom = "Engaged" }))).ShouldBe(["metrics[0].event.custom: there is no custom event 'Engaged'"]);
    }

    [Fact]
    public async Task A_custom_event_with_faults_is_refused_with_the_field_and_the_rule()
    {
        await using var world = await CreateAsync();
        var saved = await world.Get<IDefinitions>().SaveAsync(
            world.Project,
            new CustomEvent(" ", "", [new EventSelector(null) { Custom = "X" }, new EventSelector("A") { FirstTime = true }, new EventSelector("")]),
            default);
        saved.Problems.Select(problem => $"{problem.Field}: {problem.Rule}").ShouldBe([
            "name: must be 1 to 200 characters",
            "anyOf[0].custom: must not be a custom event itself",
            "anyOf[1].firstTime: belongs to the question, not to the custom event",
            "anyOf[2].event: must not be empty; leave it out for any event",
        ]);
    }

    [Fact]
    public async Task A_custom_property_is_checked_and_computed()
    {
        await using var world = await CreateAsync();
        await world.AddAsync(Event("A", "ann", null, P("price", 150)), Event("A", "bob", null, P("price", 50)));
        var definitions = world.Get<IDefinitions>();
        (await definitions.SaveAsync(world.Project, new CustomProperty("Tier", "", "if(properties[\"price\"] > 100 \"high\")"), default)).Problems
            .ShouldBe([new Problem("expression", "character 30: unexpected text `\"high\"`, expected `)`")]);
        (await definitions.SaveAsync(world.Project, new CustomProperty("Tier", "", "if(properties[\"price\"] > 100, \"high\", \"low\")"), default)).IsAccepted.ShouldBeTrue();
        var tier = new PropertyPredicate(PropertySource.Custom, "Tier", PropertyOperator.Equals, [PropertyValue.Of("high")]);
        (await CountAsync(world, new Metric(new EventSelector("A", tier)))).ShouldBe(1);
        (await CountAsync(world, new Metric(new EventSelector("A"), Measure.DistinctValues) { Property = new PropertyName(PropertySource.Custom, "Tier") })).ShouldBe(2);
        (await ProblemsAsync(world, new Metric(new EventSelector("A"), Measure.Sum) { Property = new PropertyName(PropertySource.Custom, "Gone") }))
            .ShouldBe(["metrics[0].property.property: there is no custom property 'Gone'"]);
    }

    [Fact]
    public async Task Values_of_what_is_computed_are_offered_like_others()
    {
        await using var world = await CreateAsync();
        await world.AddAsync(Event("A", "ann", null, P("price", 150)), Event("A", "bob", null, P("price", 50)), Event("A", "cem", null, P("price", 60)));
        await world.SetAsync("ann", P("plan", "pro"));
        await world.Get<IDefinitions>().SaveAsync(world.Project, new CustomProperty("Tier", "", "if(properties[\"price\"] > 100, \"high\", \"low\")"), default);
        var lexicon = world.Get<ILexicon>();
        (await lexicon.ValuesAsync(world.Project, PropertySource.Custom, "A", "Tier", null, 50, default)).ShouldBe(["low", "high"]);
        (await lexicon.ValuesAsync(world.Project, PropertySource.Expression, null, "properties[\"price\"] * 2", "1", 50, default)).ShouldBe(["100", "120"]);
        (await lexicon.ValuesAsync(world.Project, PropertySource.Expression, null, "upper(user[\"plan\"])", null, 50, default)).ShouldBe(["PRO"]);
    }

    [Fact]
    public async Task A_lookup_table_is_joined_by_its_key()
    {
        await using var world = await CreateAsync();
        await world.AddAsync(Event("Buy", "ann", null, P("product", 7)), Event("Buy", "bob", null, P("product", "x1")), Event("Buy", "cem", null, P("product", "gone")));
        var saved = await world.Get<IDefinitions>().SaveTableAsync(world.Project, "Products", Csv("id,kind,price\n7,book,12.5\nx1,\"toy, large\",\n007,code,1\n"), default);
        saved.IsAccepted.ShouldBeTrue();
        saved.Value!.Columns.ShouldBe(["id", "kind", "price"]);
        saved.Value.RowCount.ShouldBe(3);
        var kind = new Breakdown(PropertySource.Expression, "lookup(\"Products\", \"kind\", properties[\"product\"])");
        (await SegmentsAsync(world, kind)).ShouldBe(["(not set)", "book", "toy, large"], ignoreOrder: true);

        await world.RestartAsync();
        await world.Get<IDefinitions>().SaveTableAsync(world.Project, "Products", Csv("id,kind\n7,paper\n"), default);
        (await SegmentsAsync(world, kind)).ShouldBe(["(not set)", "paper"], ignoreOrder: true);
        await world.Get<IDefinitions>().DeleteAsync(world.Project, DefinedKind.LookupTable, "Products", default);
        (await ProblemsAsync(world, new Metric(new EventSelector("Buy")), kind)).ShouldBe(["breakdowns[0].property: there is no lookup table 'Products' with a column 'kind'"]);
    }

    [Fact]
    public async Task A_lookup_table_with_faults_is_refused_with_the_rows()
    {
        await using var world = await CreateAsync();
        (await world.Get<IDefinitions>().SaveTableAsync(world.Project, "P", Csv("id,kind\n1,a\n,b\n1,c\n2\n"), default)).Problems.ShouldBe([
            new Problem("rows[1]", "primary key is required and cannot be blank"),
            new Problem("rows[2]", "primary key '1' stands there twice"),
            new Problem("rows[3]", "has 1 cells, the header 2"),
        ]);
        (await world.Get<IDefinitions>().SaveTableAsync(world.Project, "P", Csv("id,id\n1,a\n"), default)).Problems.Single().Field.ShouldBe("header");
        (await world.Get<IDefinitions>().LookupTablesAsync(world.Project, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_size_of_a_cohort_over_time_is_what_it_was_then()
    {
        await using var world = await CreateAsync();
        await world.AddAsync(Event("A", "ann", Noon - Duration.FromDays(3)), Event("A", "bob", Noon - Duration.FromDays(1)));
        var cohort = (await world.Cohorts.CreateAsync(world.Project, "Did A", "", new FilterCohort(Did("A")), default)).Value!;
        var answer = await world.Get<IReports>().InsightsAsync(world.Project, new InsightsQuery { Metrics = [new Metric(null) { Cohort = cohort.Id }], Range = DateRange.Last(5, CalendarUnit.Day) }, default);
        answer.Value!.Result.Series.Single().Values.ShouldBe([0, 1, 1, 2, 2]);
        answer.Value.Words.ShouldStartWith("How many people are in cohort “Did A”, each day");
    }

    [Fact]
    public async Task Nonsense_is_refused_with_the_field_and_the_rule()
    {
        await using var world = await CreateAsync();
        async Task Refused(Metric metric, string problem) => (await ProblemsAsync(world, metric)).ShouldContain(problem);
        var a = new EventSelector("A");
        await Refused(new Metric(null), "metrics[0].event: is required, unless there is a formula, a cohort or people");
        await Refused(new Metric(a) { Formula = "A" }, "metrics[0]: must be one of event, formula, cohort and people");
        await Refused(new Metric(null) { Formula = "A +" }, "metrics[0].formula: character 4: unexpected end of input, expected name, text, number, `[` or `(`");
        await Refused(new Metric(null) { Formula = "B / 2" }, "metrics[0].formula: there is no metric B");
        await Refused(new Metric(null) { Formula = "A / 2" }, "metrics[0].formula: A is a formula itself");
        await Refused(new Metric(null) { Formula = "sum(A)" }, "metrics[0].formula: character 1: a formula takes numbers, letters of metrics, + - * / and parentheses");
        await Refused(new Metric(a, Measure.Sum), "metrics[0].property: is required for this measure");
        await Refused(new Metric(a) { Property = new PropertyName(PropertySource.Event, "x") }, "metrics[0].property: has no place in this measure");
        await Refused(new Metric(a, Measure.Percentile) { Property = new PropertyName(PropertySource.Event, "x"), Percentile = 101 }, "metrics[0].percentile: must be 0 to 100, for the measure percentile and for no other");
        await Refused(new Metric(a) { Rolling = 1 }, "metrics[0].rolling: must be 2 to 366 buckets");
        await Refused(new Metric(a, Measure.Total) { PerPerson = PerPerson.Count }, "metrics[0].perPerson: must be count, sum, average, minimum, maximum or distinctValues of an event, with a measure from sum to maximum");
        await Refused(new Metric(a, Measure.Total) { PersonSegment = PersonSegment.First }, "metrics[0].personSegment: must be all, first or last, and first and last are for uniques");
        await Refused(new Metric(new EventSelector("A", new PropertyPredicate(PropertySource.Event, "x", PropertyOperator.InTheLast, [PropertyValue.Of(1.5), PropertyValue.Of("day")]))), "metrics[0].event.filter.values: must be a whole number from 1 to 36600, and second, minute, hour, day, week or month");
        await Refused(new Metric(new EventSelector("A", new PropertyPredicate(PropertySource.Expression, "nothing(1)", PropertyOperator.IsSet, []))), "metrics[0].event.filter.property: character 1: there is no function 'nothing'");
    }

    private static MemoryStream Csv(string text) => new(Encoding.UTF8.GetBytes(text));

    private static InsightsQuery Query(Metric metric, params Breakdown[] breakdowns) => new() { Metrics = [metric], Range = DateRange.Last(2, CalendarUnit.Day), Breakdowns = [.. breakdowns] };

    private static async Task<double?> CountAsync(World world, Metric metric) =>
        (await world.Get<IReports>().InsightsAsync(world.Project, Query(metric), default)).Value!.Result.Series[0].Total;

    private static async Task<IEnumerable<string>> SegmentsAsync(World world, Breakdown breakdown) =>
        (await world.Get<IReports>().InsightsAsync(world.Project, Query(new Metric(new EventSelector("Buy")), breakdown), default)).Value!.Result.Series.Skip(1).Select(series => series.Segment.Label);

    private static async Task<IEnumerable<string>> ProblemsAsync(World world, Metric metric, params Breakdown[] breakdowns) =>
        (await world.Get<IReports>().InsightsAsync(world.Project, Query(metric, breakdowns), default)).Problems.Select(problem => $"{problem.Field}: {problem.Rule}");
}
