using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
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
    public async Task No_byte_of_an_erased_person_is_left_in_any_database_beside_the_store()
    {
        // Ids come in random order, so that pages of indexes split and keep copies in their gaps; the seed is written down.
        var random = new Random(20261124);
        var people = Enumerable.Range(0, 900).Select(_ => $"{random.NextInt64():x16}-person").Distinct().ToList();
        await using var world = await World.OpenAsync();
        await world.AddPeopleAsync(people, person => $"device-of-{person}");
        foreach (var person in people.Take(60))
        {
            await world.SetAsync(person, ("$name", PropertyValue.Of($"name-of-{person}")));
        }

        await world.LaunchAsync(World.PushPlan(goal: new ConversionGoal(new Rondo.Model.Predicates.EventSelector("Subscribe"), NodaTime.Duration.FromDays(3))));
        await world.LaunchAsync(World.EmailPlan());
        await world.SettleAsync();
        await Task.WhenAll(people.Take(60).Select(person => world.TrackAsync(person, "Subscribe", ("mail", PropertyValue.Of($"{person}@example.org")))));
        await world.SettleAsync();
        var gone = people.Where((_, index) => index % 3 == 0).ToHashSet(StringComparer.Ordinal);
        FilesWith(world.Directory, gone).ShouldContain(file => file.StartsWith("engagement.db", StringComparison.Ordinal));

        await world.Get<IPeople>().EraseAsync(world.Id, gone, Token);

        BesideTheStore(FilesWith(world.Directory, gone)).ShouldBeEmpty();
        FilesWith(world.Directory, [people[1]]).ShouldContain("engagement.db", "who stays is still known");
        (await world.Get<ISandbox>().CountAsync(world.Id, Token)).ShouldBe(2 * (people.Count - gone.Count));
    }

    [Fact]
    public async Task An_erasure_that_ends_with_the_server_is_completed_when_it_starts_again()
    {
        var directory = Directory.CreateTempSubdirectory("rondo-erased-").FullName;
        try
        {
            await using (var world = await World.OpenAsync(directory: directory))
            {
                await world.AddPeopleAsync(["ada-lovelace", "bob"], person => $"token-of-{person}");
                await world.LaunchAsync(World.PushPlan());
                await world.SettleAsync();
                foreach (var keeper in world.Services.GetServices<IForgetsPeople>())
                {
                    await keeper.ForgetAsync(world.Id, ["ada-lovelace"], Token);
                }
            }

            ControlFilesWith("lovelace").ShouldContain(file => file.StartsWith("engagement.db", StringComparison.Ordinal));
            await using (var world = await World.OpenAsync(directory: directory, usesSandbox: false))
            {
                await world.StartLoopsAsync();
                ControlFilesWith("lovelace").ShouldBeEmpty();
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }

        List<string> ControlFilesWith(string text) => BesideTheStore(FilesWith(directory, [text]));
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

    /// <summary>What the store keeps is tested where the store is.</summary>
    private static List<string> BesideTheStore(List<string> files) => files.FindAll(file => Path.GetDirectoryName(file) is "");

    /// <summary>The files of a folder, read as bytes, in which one of these texts stands.</summary>
    private static List<string> FilesWith(string directory, IReadOnlyCollection<string> texts)
    {
        var found = new List<string>();
        foreach (var file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            if (texts.Any(text => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0))
            {
                found.Add(Path.GetRelativePath(directory, file));
            }
        }

        return found;
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
