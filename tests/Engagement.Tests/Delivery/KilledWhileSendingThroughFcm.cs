using System.Text.Json.Nodes;
using Rondo.Engagement.Tests.Channels;
using Rondo.Running;

namespace Rondo.Engagement.Tests.Delivery;

/// <summary>The same through FCM, which cannot be asked: nobody gets two messages, and whoever may have got none is named.</summary>
public sealed class KilledWhileSendingThroughFcm : KilledServer
{
    [Fact]
    public Task A_few_kills_and_FCM_gets_nothing_twice() => Nobody_gets_two(kills: 3, people: 2_000);

    [Fact]
    [Trait("Category", "Long")]
    public Task Twenty_kills_in_sends_to_ten_thousand_and_FCM_gets_nothing_twice() => Nobody_gets_two(kills: 20, people: 10_000);

    private async Task Nobody_gets_two(int kills, int people)
    {
        var random = new Random(20261124);
        await using var fcm = await FcmServer.StartAsync(TimeProvider.System);
        var campaigns = new List<int>();
        await using (var first = await ServerProcess.StartAsync(Data, "serve"))
        {
            await AddPeopleAsync(first, people, person => $"token-{person}");
            await SetChannelsAsync(first, new JsonObject
            {
                ["push"] = "fcm",
                ["email"] = "none",
                ["fcm"] = new JsonObject { ["serviceAccountJson"] = fcm.KeyFile, ["endpoint"] = fcm.Address },
            });
            campaigns.Add(await LaunchTwiceAsync(first, campaigns.Count));
            await Task.Delay(random.Next(60, 250), Token);
            await first.KillAsync();
        }

        for (var kill = 1; kill < kills; kill++)
        {
            await using var server = await ServerProcess.StartAsync(Data, "serve");
            if (CountOpen() == 0)
            {
                campaigns.Add(await LaunchTwiceAsync(server, campaigns.Count));
            }

            await Task.Delay(random.Next(0, 200), Token);
            await server.KillAsync();
        }

        var unknownCount = 0;
        await using (var last = await ServerProcess.StartAsync(Data, "serve"))
        {
            foreach (var campaign in campaigns)
            {
                var results = await FinishedAsync(last, campaign, people);
                var unknown = (int?)results["notSent"]?["outcomeUnknown"] ?? 0;
                unknownCount += unknown;
                ((int)results["arms"]![0]!["people"]!).ShouldBe(people - unknown);
                results["notSent"]!.AsObject().Count.ShouldBeLessThanOrEqualTo(1);
            }

            await last.KillAsync();
        }

        fcm.Violations.ShouldBeEmpty();
        foreach (var campaign in campaigns)
        {
            var received = fcm.Messages.Where(message => message.GetProperty("data").GetProperty("campaign_id").GetString() == $"{campaign}")
                .Select(message => message.GetProperty("token").GetString()!)
                .ToList();
            received.Count.ShouldBe(received.Distinct().Count(), "nobody gets a message twice");
            var sent = Query("engagement.db", "SELECT messages.Address FROM messages JOIN sends ON sends.Id = messages.Send WHERE sends.Campaign = $id AND messages.State = 2", ("$id", campaign));
            sent.Select(row => (string)row[0]).Except(received).ShouldBeEmpty("what counts as sent has arrived");
        }

        TestContext.Current.SendDiagnosticMessage("{0} campaigns, {1} messages of unknown outcome", campaigns.Count, unknownCount);
        unknownCount.ShouldBeLessThan(kills * 100 + 1, "at most what was on its way at each kill");
    }
}
