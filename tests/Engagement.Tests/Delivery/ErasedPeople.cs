using System.Text;
using Microsoft.Data.Sqlite;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Contracts;
using Rondo.Model.Events;
using Rondo.Model.Profiles;

namespace Rondo.Engagement.Tests.Delivery;

/// <summary>An erasure reaches the ledger and the sandbox; a campaign's figures come from the event store, so they go with the person.</summary>
public sealed class ErasedPeople
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_of_an_erased_person_is_left_in_any_file()
    {
        await using var world = await World.OpenAsync();
        await world.AddPeopleAsync(["ada-lovelace", "bob"], person => $"token-of-{person}");
        var campaign = await world.LaunchAsync(World.PushPlan(goal: new ConversionGoal(new Rondo.Model.Predicates.EventSelector("Subscribe"), NodaTime.Duration.FromDays(3))));
        await world.SettleAsync();
        await world.TrackAsync("ada-lovelace", "Subscribe");
        await world.SettleAsync();
        var before = await world.ResultsAsync(campaign);
        before.Arms.ShouldHaveSingleItem().Sends.ShouldBe(2);

        var erasure = await world.Get<IPeople>().EraseAsync(world.Id, ["ada-lovelace"], Token);
        erasure.IdCount.ShouldBe(1);
        await world.SettleAsync();

        (await world.ResultsAsync(campaign)).Arms.ShouldHaveSingleItem().Sends.ShouldBe(1);
        (await world.Get<ISandbox>().LatestAsync(world.Id, 10, Token)).ShouldAllBe(message => message.DistinctId == "bob");
        (await world.EventsAsync(WellKnownEvents.PushSend)).ShouldAllBe(sent => sent.DistinctId == "bob");
        (await world.StoreAsync()).FindPerson("ada-lovelace").ShouldBeNull();
        var history = await world.Campaigns.LedgerOfAsync(world.Id, "ada-lovelace", Token);
        history.ShouldBeEmpty();
        foreach (var database in Directory.EnumerateFiles(world.Directory, "*.db"))
        {
            RowsOf(database).ShouldNotContain("lovelace", Case.Insensitive, database);
        }
    }

    [Fact]
    public async Task A_person_who_is_erased_while_a_message_waits_is_not_messaged()
    {
        await using var world = await World.OpenAsync();
        await world.AddPeopleAsync(["ada", "bob"]);
        var campaign = await world.LaunchAsync(World.PushPlan(delivery: new SendAt(world.Now + NodaTime.Duration.FromHours(1))));
        await world.SettleAsync();
        await world.Get<IPeople>().EraseAsync(world.Id, ["ada"], Token);
        world.Advance(TimeSpan.FromHours(2));
        await world.SettleAsync();
        (await world.Get<ISandbox>().LatestAsync(world.Id, 10, Token)).ShouldHaveSingleItem().DistinctId.ShouldBe("bob");
        (await world.ResultsAsync(campaign)).Arms.ShouldHaveSingleItem().Sends.ShouldBe(1);
    }

    /// <summary>Every value of every table of a database, as text.</summary>
    private static string RowsOf(string path)
    {
        using var connection = new SqliteConnection($"Data Source={path};Mode=ReadOnly");
        connection.Open();
        var tables = new List<string>();
        using (var list = connection.CreateCommand())
        {
            list.CommandText = "SELECT name FROM sqlite_master WHERE type = 'table'";
            using var reader = list.ExecuteReader();
            while (reader.Read())
            {
                tables.Add(reader.GetString(0));
            }
        }

        var text = new StringBuilder();
        foreach (var table in tables)
        {
            using var rows = connection.CreateCommand();
            rows.CommandText = $"SELECT * FROM \"{table}\"";
            using var reader = rows.ExecuteReader();
            while (reader.Read())
            {
                for (var column = 0; column < reader.FieldCount; column++)
                {
                    text.Append(reader.GetValue(column) is byte[] bytes ? Encoding.Latin1.GetString(bytes) : reader.GetValue(column)).Append('\n');
                }
            }
        }

        return text.ToString();
    }
}
