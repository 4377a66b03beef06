using NodaTime;
using Rondo.Engagement.Contracts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Time;
using Rondo.Web.Features.Campaigns;

namespace Rondo.Web.Tests.Features;

/// <summary>The composer: a plan while it is written.</summary>
public sealed class CampaignDraftTests
{
    private static readonly ProjectCalendar Seoul = new(DateTimeZoneProviders.Tzdb["Asia/Seoul"], IsoDayOfWeek.Monday);

    [Fact]
    public void A_stored_plan_opens_and_is_kept_as_it_was()
    {
        var plan = new CampaignPlan(
            "Come back",
            Channel.Push,
            [new Variant("A", 50, new PushMessage("Hi", "There is new music", "musicfinder://home", null)), new Variant("B", 30, new PushMessage("Hello", "Still there?", string.Empty, "https://example.com/a.png"))],
            20,
            new SendOnEvent(new EventSelector("Add to Cart"), Duration.FromMinutes(30), Duration.FromDays(7)),
            new PropertyPredicate(PropertySource.User, "plan", PropertyOperator.Equals, [PropertyValue.Of("free")]),
            new ConversionGoal(new EventSelector("Checkout"), Duration.FromHours(72)),
            "View Cart");
        var back = CampaignDraft.Of(plan, Seoul, Site.Noon).ToPlan(Seoul);
        back.Variants.ShouldBe(plan.Variants);
        (back with { Variants = plan.Variants }).ShouldBe(plan);
    }

    [Fact]
    public void A_time_is_meant_in_the_zone_of_the_project()
    {
        var draft = CampaignDraft.New(Seoul, Site.Noon);
        draft.At.ShouldBe(new DateTime(2026, 3, 10, 22, 0, 0));
        draft.Delivery = DeliveryChoice.At;
        draft.ToPlan(Seoul).Delivery.ShouldBe(new SendAt(Instant.FromUtc(2026, 3, 10, 13, 0)));
    }

    [Theory]
    [InlineData(1, 0, new[] { 100 })]
    [InlineData(3, 0, new[] { 34, 33, 33 })]
    [InlineData(2, 15, new[] { 43, 42 })]
    public void Shares_are_even_and_always_make_a_whole(int variants, int control, int[] shares)
    {
        var draft = new CampaignDraft { ControlPercent = control };
        draft.Variants.AddRange(Enumerable.Range(0, variants).Select(_ => new VariantDraft()));
        draft.ShareEvenly();
        draft.Variants.Select(variant => variant.Percent).ShouldBe(shares);
        (draft.Variants.Sum(variant => variant.Percent) + control).ShouldBe(100);
    }

    [Fact]
    public void Changing_the_channel_loses_no_text()
    {
        var variant = new VariantDraft { Title = "Hi", Body = "There", Subject = "News", Html = "<p>There</p>" };
        variant.ToMessage(Channel.Email).ShouldBeOfType<EmailMessage>().Subject.ShouldBe("News");
        variant.ToMessage(Channel.Push).ShouldBe(new PushMessage("Hi", "There", string.Empty, null));
    }
}
