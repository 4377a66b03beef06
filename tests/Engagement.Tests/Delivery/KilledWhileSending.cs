using System.Text.Json.Nodes;
using Rondo.Running;

namespace Rondo.Engagement.Tests.Delivery;

/// <summary>
/// The real server is killed in the middle of sending, again and again. Through the sandbox, which can be asked what it has,
/// everybody gets exactly one message.
/// </summary>
public sealed class KilledWhileSending : KilledServer
{
    [Fact]
    public Task A_few_kills_and_everybody_has_one_message() => Everybody_has_exactly_one_message(kills: 3, people: 2_000);

    [Fact]
    [Trait("Category", "Long")]
    public Task Twenty_kills_in_sends_to_ten_thousand_and_everybody_has_one_message_of_each() => Everybody_has_exactly_one_message(kills: 20, people: 10_000);

    private async Task Everybody_has_exactly_one_message(int kills, int people)
    {
        var random = new Random(20261123);
        var campaigns = new List<int>();
        var killedInTheMiddle = 0;
        await using (var first = await ServerProcess.StartAsync(Data, "serve"))
        {
            await AddPeopleAsync(first, people, person => $"token-{person}");
            await SetChannelsAsync(first, new JsonObject { ["push"] = "sandbox", ["email"] = "none" });
            campaigns.Add(await LaunchTwiceAsync(first, campaigns.Count));
            await Task.Delay(random.Next(60, 250), Token);
            await first.KillAsync();
            killedInTheMiddle += CountOpen() > 0 ? 1 : 0;
        }

        // A campaign that got through between two kills is followed by another, so that every kill meets a send.
        for (var kill = 1; killedInTheMiddle < kills; kill++)
        {
            kill.ShouldBeLessThan(kills * 4, "most kills should come in the middle of a send");
            await using var server = await ServerProcess.StartAsync(Data, "serve");
            if (CountOpen() == 0)
            {
                campaigns.Add(await LaunchTwiceAsync(server, campaigns.Count));
            }

            await Task.Delay(random.Next(0, 200), Token);
            await server.KillAsync();
            killedInTheMiddle += CountOpen() > 0 ? 1 : 0;
        }

        await using (var last = await ServerProcess.StartAsync(Data, "serve"))
        {
            foreach (var campaign in campaigns)
            {
                ShouldBeSentOnce(await FinishedAsync(last, campaign, people), people);
            }

            await last.KillAsync();
        }

        foreach (var campaign in campaigns)
        {
            var received = Query("sandbox.db", "SELECT person, COUNT(*) FROM sandbox_messages WHERE json_extract(data, '$.campaign_id') = $id GROUP BY person", ("$id", $"{campaign}"));
            received.Count.ShouldBe(people);
            received.ShouldAllBe(row => (long)row[1] == 1);
        }
    }
}
