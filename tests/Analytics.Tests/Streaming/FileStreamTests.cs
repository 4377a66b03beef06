using System.Text.Json;
using Avro.File;
using Avro.Generic;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Streaming;
using Rondo.Analytics.Streaming.Receivers;
using Rondo.Analytics.Tests.AudienceSync;
using Rondo.Model.Events;
using static Rondo.Analytics.Tests.Streaming.StreamWorld;
using static Rondo.Analytics.Tests.World;

namespace Rondo.Analytics.Tests.Streaming;

/// <summary>Events go into files as Currents writes them to a store: one type a file, by hour and number, never touched again.</summary>
public sealed class FileStreamTests
{
    private static readonly EventChoice Everything = new([EventChoice.All], [EventChoice.All]);

    [Fact]
    public async Task A_file_is_written_when_its_first_event_has_waited_long_enough()
    {
        await using var world = await StreamWorld.CreateAsync();
        var stream = await world.StreamAsync(new FolderConnection("events"), Everything, fileInterval: Duration.FromMinutes(1));
        await world.OpenedAsync(1);
        await world.RunAsync();
        Files(world).ShouldBeEmpty();
        world.World.Clock.Advance(TimeSpan.FromSeconds(40));
        await world.OpenedAsync(2);
        await world.World.AddAsync(Event("Play Song", "ann") with { InsertId = "song" });
        await world.RunAsync();
        Files(world).ShouldBeEmpty();
        world.World.Clock.Advance(TimeSpan.FromSeconds(20));
        await world.RunAsync();
        Files(world).Keys.ShouldBe(
            [
                $"events/stream-{stream.Id}/event_type=users.behaviors.CustomEvent/date=2026-03-10-12/0000000001.ndjson",
                $"events/stream-{stream.Id}/event_type=users.messages.pushnotification.Open/date=2026-03-10-12/0000000001.ndjson",
            ],
            ignoreOrder: true);
        var lines = File.ReadAllLines(Files(world).Single(file => file.Key.Contains("pushnotification", StringComparison.Ordinal)).Value).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        lines.Select(line => line.GetProperty("properties").GetProperty("dispatch_id").GetString()).ShouldBe(Keys(1, 2));
        lines[0].GetProperty("event_type").GetString().ShouldBe("users.messages.pushnotification.Open");
        (await world.FindAsync(stream)).Counts.Sent.ShouldBe(3);
    }

    [Fact]
    public async Task A_file_that_is_full_does_not_wait()
    {
        await using var world = await StreamWorld.CreateAsync(options => options with { EventsPerFile = 10 });
        await world.StreamAsync(new FolderConnection("events"));
        await world.World.AddAsync([.. Enumerable.Range(0, 25).Select(number => Open(number))]);
        await world.RunAsync();
        Files(world).Values.Select(path => File.ReadAllLines(path).Length).Order().ShouldBe([5, 10, 10]);
    }

    [Fact]
    public async Task A_number_that_was_spent_is_never_used_again_so_no_file_is_written_over()
    {
        await using var world = await StreamWorld.CreateAsync();
        await using var bucket = await BucketServer.StartAsync();
        var stream = await world.StreamAsync(new BucketConnection(bucket.Address, "eu-central-1", "audiences", BucketServer.AccessKey, BucketServer.SecretKey, "out"), fileInterval: Duration.FromSeconds(1));
        await world.OpenedAsync(1, 2);
        world.World.Clock.Advance(TimeSpan.FromSeconds(2));

        // It may have been stored although the answer says otherwise.
        bucket.Answers.Enqueue((503, "SlowDown"));
        await world.RunAsync();
        (await world.FindAsync(stream)).Trouble!.Message.ShouldBe("SlowDown");
        await world.World.RestartAsync();
        await world.OpenedAsync(3);
        world.World.Clock.Advance(TimeSpan.FromSeconds(10));
        await world.RunAsync();
        var (name, content) = bucket.Objects.ShouldHaveSingleItem();
        name.ShouldEndWith($"out/stream-{stream.Id}/event_type=users.messages.pushnotification.Open/date=2026-03-10-12/0000000002.ndjson");
        content.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(3);
        bucket.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Avro_files_read_back_with_the_schema_of_their_type()
    {
        await using var world = await StreamWorld.CreateAsync();
        await world.World.SetAsync("ann", P("$timezone", "Asia/Seoul"));
        await world.StreamAsync(new FolderConnection("avro"), Everything, format: StreamFileFormat.Avro, fileInterval: Duration.FromSeconds(1));
        await world.World.AddAsync(
            Open(1) with { DeviceId = "phone" },
            Event("Play Song", "ann", null, P("genre", "jazz")) with { InsertId = "song" },
            Event("Purchase", "ann", null, P("product_id", "p-1"), P("price", 9.5), P("currency", "EUR"), P("[Purchase property] colour", "red")) with { InsertId = "purchase" },
            Event("Campaign Conversion", "ann", null, P("conversion_behavior_index", 2)) with { InsertId = "conversion" });
        world.World.Clock.Advance(TimeSpan.FromSeconds(2));
        await world.RunAsync();

        var records = Files(world).Values.SelectMany(Read).ToDictionary(record => record.Schema.Fullname);
        records.Count.ShouldBe(4);
        var open = records["users.messages.pushnotification.Open"];
        (open["external_user_id"], open["device_id"], open["timezone"], open["dispatch_id"], open["time"], open["canvas_id"]).ShouldBe(("ann", "phone", "Asia/Seoul", "d-1", (Noon - Duration.FromMinutes(1)).ToUnixTimeSeconds(), null));
        records["users.behaviors.CustomEvent"]["properties"].ShouldBe("""{"genre":"jazz"}""");
        (records["users.behaviors.Purchase"]["price"], records["users.behaviors.Purchase"]["properties"]).ShouldBe((9.5, """{"colour":"red"}"""));
        records["users.campaigns.Conversion"]["conversion_behavior_index"].ShouldBe(2L);
    }

    [Fact]
    public void Every_type_has_a_schema()
    {
        foreach (var type in CurrentsCatalogue.All)
        {
            var schema = AvroFile.SchemaOf(CurrentsShape.Of(type));
            schema.Fullname.ShouldBe(type.Type);
            schema.Fields.Count.ShouldBe(4 + type.UserFields.Count + type.Fields.Count);
        }
    }

    private static Dictionary<string, string> Files(StreamWorld world)
    {
        var root = Path.Combine(world.World.Folder, "exports", world.World.Project.ToString());
        return Directory.Exists(root) ? Directory.GetFiles(root, "*", SearchOption.AllDirectories).ToDictionary(path => Path.GetRelativePath(root, path).Replace('\\', '/')) : [];
    }

    private static IEnumerable<GenericRecord> Read(string path)
    {
        using var reader = DataFileReader<GenericRecord>.OpenReader(path);
        while (reader.HasNext())
        {
            yield return reader.Next();
        }
    }
}
