using Rondo.Engagement.Contracts;
using Rondo.Model.Events;

namespace Rondo.Engagement.Tests.Delivery;

public sealed class SendingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everyone_of_the_audience_gets_one_message_and_the_event_store_knows()
    {
        await using var world = await World.OpenAsync();
        await world.AddPeopleAsync(Enumerable.Range(0, 250).Select(index => $"p{index}"));
        var campaign = await world.LaunchAsync(World.PushPlan());
        await world.SettleAsync();

        (await world.Get<ISandbox>().CountAsync(world.Id, Token)).ShouldBe(250);
        (await world.EventsAsync(WellKnownEvents.PushSend)).Select(sent => sent.DistinctId).Distinct().Count().ShouldBe(250);
        (await world.EventsAsync(WellKnownEvents.PushDelivery)).Count.ShouldBe(250);
        (await world.Campaigns.FindAsync(world.Id, campaign.Id, Token))!.State.ShouldBe(CampaignState.Finished);
        var results = await world.ResultsAsync(campaign);
        results.Arms.ShouldHaveSingleItem().ShouldBe(new ArmResult("A", false, 250, 250, 250, 0, 0, 0, 0));
        results.NotSent.ShouldBeEmpty();
    }
}
