using System.Collections.Immutable;
using System.Text.Json;
using NodaTime;
using Rondo.Engagement.Contracts;
using Rondo.Model;
using Rondo.Model.Events;
using Rondo.Model.Predicates;

namespace Rondo.Engagement.Tests.Campaigns;

public sealed class PlanProblemTests
{
    private static readonly PushMessage Push = new("Hello", "x", string.Empty);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, CampaignPlan> Wrong { get; } = new()
    {
        { "name", World.PushPlan(" ") },
        { "name", World.PushPlan(new string('n', 121)) },
        { "channel", World.PushPlan() with { Channel = (Channel)9 } },
        { "variants", World.PushPlan() with { Variants = default } },
        { "variants", World.PushPlan(variants: [.. Enumerable.Range(0, 9).Select(index => new Variant($"V{index}", 11, Push))]) with { ControlPercent = 1 } },
        { "variants", World.PushPlan(variants: [new Variant("A", 50, Push), new Variant("B", 49, Push)]) },
        { "variants", World.PushPlan(control: 10, variants: [new Variant("A", 100, Push)]) },
        { "variants[0].percent", World.PushPlan(variants: [new Variant("A", 0, Push), new Variant("B", 100, Push)]) },
        { "variants[1].name", World.PushPlan(variants: [new Variant("A", 50, Push), new Variant("a", 50, Push)]) },
        { "variants[0].name", World.PushPlan(variants: [new Variant("Control", 100, Push)]) },
        { "variants[0].message", World.PushPlan(variants: [new Variant("A", 100, new EmailMessage("s", "h"))]) },
        { "variants[0].message", World.PushPlan(variants: [new Variant("A", 100, null!)]) },
        { "variants[0].message.body", World.PushPlan(variants: [new Variant("A", 100, new PushMessage(" ", "", string.Empty))]) },
        { "variants[0].message.title", World.PushPlan(variants: [new Variant("A", 100, new PushMessage("{{ oops", "x", string.Empty))]) },
        { "variants[0].message.link", World.PushPlan(variants: [new Variant("A", 100, new PushMessage("a", "x", "example.org"))]) },
        { "variants[0].message.link", World.PushPlan(variants: [new Variant("A", 100, new PushMessage("a", "x", "javascript:alert(1)"))]) },
        { "variants[0].message.html", World.EmailPlan(html: "{% if %}") },
        { "variants[0].message.subject", World.EmailPlan(subject: " ") },
        { "controlPercent", World.PushPlan(control: 51) },
        { "delivery", World.PushPlan() with { Delivery = null! } },
        { "delivery.event", World.PushPlan(delivery: new SendOnEvent(null!, Duration.Zero, null)) },
        { "delivery.event.event", World.PushPlan(delivery: new SendOnEvent(new EventSelector(null), Duration.Zero, null)) },
        { "delivery.event.custom", World.PushPlan(delivery: new SendOnEvent(new EventSelector(null) { Custom = "Interested" }, Duration.Zero, null)) },
        { "delivery.event.anyOf", World.PushPlan(delivery: new SendOnEvent(new EventSelector(null) { AnyOf = [new EventSelector("x"), new EventSelector("y")] }, Duration.Zero, null)) },
        { "delivery.delay", World.PushPlan(delivery: new SendOnEvent(new EventSelector("x"), Duration.FromSeconds(-1), null)) },
        { "delivery.delay", World.PushPlan(delivery: new SendOnEvent(new EventSelector("x"), Duration.FromDays(31), null)) },
        { "delivery.reEligibleAfter", World.PushPlan(delivery: new SendOnEvent(new EventSelector("x"), Duration.Zero, Duration.FromDays(721))) },
        { "audience", World.PushPlan() with { Audience = null! } },
        { "audience.source", World.PushPlan(audience: new PropertyPredicate(PropertySource.Event, "x", PropertyOperator.IsSet, [])) },
        { "audience", World.PushPlan(audience: new CohortPredicate(new Model.Cohorts.CohortId(12), true)) },
        { "goal.event.event", World.PushPlan(goal: new ConversionGoal(new EventSelector(""), Duration.FromDays(1))) },
        { "goal.event.custom", World.PushPlan(goal: new ConversionGoal(new EventSelector(null) { Custom = "Interested" }, Duration.FromDays(1))) },
        { "goal.window", World.PushPlan(goal: new ConversionGoal(new EventSelector("x"), Duration.FromMinutes(5) - Duration.FromMilliseconds(1))) },
        { "goal.window", World.PushPlan(goal: new ConversionGoal(new EventSelector("x"), Duration.FromDays(30) + Duration.FromMilliseconds(1))) },
        { "landingEvent", World.PushPlan(landing: "") },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_plan_is_refused_with_the_field_and_the_rule(string field, CampaignPlan plan)
    {
        await using var world = await World.OpenAsync();
        var refused = await world.Campaigns.CreateAsync(world.Id, plan, Token);
        refused.Problems.Select(problem => problem.Field).ShouldContain(field);
        refused.Problems.ShouldAllBe(problem => problem.Rule.Length > 5);
        (await world.Campaigns.ListAsync(world.Id, true, Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_bounds_themselves_are_allowed()
    {
        await using var world = await World.OpenAsync();
        foreach (var plan in new[]
        {
            World.PushPlan(new string('n', 120), control: 50, goal: new ConversionGoal(new EventSelector("x"), Duration.FromMinutes(5))),
            World.PushPlan("b", goal: new ConversionGoal(new EventSelector("x"), Duration.FromDays(30)), delivery: new SendOnEvent(new EventSelector("x"), Duration.FromDays(30), Duration.FromDays(720))),
            World.PushPlan("c", variants: [.. Enumerable.Range(0, 8).Select(index => new Variant($"V{index}", index == 0 ? 16 : 12, Push))]),
            World.PushPlan("d", variants: [new Variant("A", 100, new PushMessage("a", "b", "https://example.org/{{${user_id}}}", "https://example.org/a.png"))]),
        })
        {
            (await world.Campaigns.CreateAsync(world.Id, plan, Token)).Problems.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_draft_can_be_changed_and_a_launched_campaign_not()
    {
        await using var world = await World.OpenAsync();
        await world.AddPeopleAsync(["ada"]);
        var draft = (await world.Campaigns.CreateAsync(world.Id, World.PushPlan("First"), Token)).Value!;
        await world.Campaigns.CreateAsync(world.Id, World.PushPlan("Other"), Token);
        (await world.Campaigns.ChangeAsync(world.Id, draft.Id, World.PushPlan("Other"), Token)).Problems.ShouldHaveSingleItem().ShouldBe(new Model.Queries.Problem("name", "is taken by another campaign"));
        (await world.Campaigns.ChangeAsync(world.Id, draft.Id, World.PushPlan("Renamed"), Token)).Value!.Plan.Name.ShouldBe("Renamed");
        await world.Campaigns.LaunchAsync(world.Id, draft.Id, Token);
        (await world.Campaigns.ChangeAsync(world.Id, draft.Id, World.PushPlan("Late"), Token)).Problems.ShouldHaveSingleItem().Field.ShouldBe("state");
        (await world.Campaigns.ArchiveAsync(world.Id, draft.Id, true, Token)).Problems.ShouldHaveSingleItem().Field.ShouldBe("state");
        await world.SettleAsync();
        (await world.Campaigns.ArchiveAsync(world.Id, draft.Id, true, Token)).Value!.IsArchived.ShouldBeTrue();
        (await world.Campaigns.ListAsync(world.Id, false, Token)).ShouldHaveSingleItem().Plan.Name.ShouldBe("Other");
    }

    [Fact]
    public void A_plan_reads_back_as_it_was_written()
    {
        var plan = World.PushPlan(
            control: 10,
            delivery: new SendOnEvent(new EventSelector("Add To Cart"), Duration.FromMinutes(90), Duration.FromDays(2)),
            goal: new ConversionGoal(new EventSelector("Checkout"), Duration.FromMilliseconds(300_500)),
            landing: "View Cart");
        var json = JsonSerializer.Serialize(plan, ModelJson.Options);
        json.ShouldContain("\"delivery\":{\"kind\":\"trigger\",\"event\":{\"event\":\"Add To Cart\"},\"delay\":5400,\"reEligibleAfter\":172800}");
        json.ShouldContain("\"window\":300.5");
        var read = JsonSerializer.Deserialize<CampaignPlan>(json, ModelJson.Options)!;
        (read with { Variants = plan.Variants }).ShouldBe(plan);
        read.Variants.SequenceEqual(plan.Variants).ShouldBeTrue();
    }

    [Fact]
    public async Task A_preview_shows_one_person_s_message_and_why_it_would_not_be_sent()
    {
        await using var world = await World.OpenAsync();
        await world.SetAsync("ada", ("$first_name", PropertyValue.Of("Ada <3")), ("plan", PropertyValue.Of("paid")));
        var push = await world.Campaigns.PreviewAsync(world.Id, new PushMessage("Hi {{${first_name}}}", "{{${user_id}}}", " https://example.org/{{custom_attribute.${plan}}} "), "ada", Token);
        push.Value.ShouldBe(new MessagePreview(new PushMessage("Hi Ada <3", "ada", "https://example.org/paid"), null));
        var email = await world.Campaigns.PreviewAsync(world.Id, new EmailMessage("Hi {{${first_name}}}", "<p>Hi {{${first_name}}}</p>"), "ada", Token);
        email.Value.ShouldBe(new MessagePreview(new EmailMessage("Hi Ada <3", "<p>Hi Ada &lt;3</p>", "Hi Ada <3"), null));
        var aborted = await world.Campaigns.PreviewAsync(world.Id, new PushMessage("{% abort_message('not you') %}", "x", string.Empty), "ada", Token);
        aborted.Value!.AbortReason.ShouldBe("not you");
        (await world.Campaigns.PreviewAsync(world.Id, new PushMessage("{{", "x", string.Empty), "ada", Token)).Problems.ShouldHaveSingleItem().Field.ShouldBe("message.title");
        (await world.Campaigns.PreviewAsync(world.Id, new PushMessage("Hi {{${first_name} | default: 'you'}}", "x", string.Empty), "nobody", Token)).Value!.Message.ShouldBe(new PushMessage("Hi you", "x", string.Empty));
        (await world.Campaigns.PreviewAsync(world.Id, new PushMessage("Hi {{${first_name}}}", "x", string.Empty), null, Token)).Value!.Message.ShouldBe(new PushMessage("Hi Ada <3", "x", string.Empty));
    }

    [Fact]
    public async Task A_review_says_in_one_paragraph_who_gets_it()
    {
        await using var world = await World.OpenAsync();
        await world.AddPeopleAsync(["ada", "bob"]);
        var cohort = (await world.Get<Rondo.Analytics.Contracts.ICohorts>().CreateAsync(world.Id, "Lost", string.Empty, new Rondo.Model.Cohorts.FilterCohort(new AllPredicate([])), Token)).Value!;
        (await WordsAsync(new CohortPredicate(cohort.Id, IsMember: true))).ShouldContain("The audience is 2 people now: people who are in cohort “Lost”.");
        (await WordsAsync(new DidPredicate(new EventSelector("Play Song"), CountComparison.Exactly, 0, null))).ShouldContain("people who never did “Play Song”.");
        (await WordsAsync(new AllPredicate([]))).ShouldContain("The audience is 2 people now: everyone.");

        async Task<string> WordsAsync(Predicate audience) => (await world.Campaigns.ReviewAsync(world.Id, World.PushPlan(audience: audience), Token)).Value!.Words;
    }
}
