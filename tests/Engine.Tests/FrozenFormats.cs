using System.Text;
using NodaTime;
using Rondo.Engine.Catalog;
using Rondo.Engine.Disk;
using Rondo.Engine.Head;
using Rondo.Engine.Identity;
using Rondo.Engine.Log;
using Rondo.Model.Events;
using Rondo.Model.Profiles;
using ZstdSharp;

namespace Rondo.Engine.Tests;

/// <summary>Persisted bytes are forever: these expectations may grow, never change.</summary>
public sealed class FrozenFormats
{
    /// <summary>A batch as version 1 of the log wrote it.</summary>
    private const string BatchOfVersion1 =
        "ASi1L/0gmJUEAGQIBwlQbGF5IFNvbmcEdGV4dAZudW1iZXIDeWVzBGxpc3QGb2JqZWN0BHRhZ3MAeal8mwEAAAEAA2FubnvALMiZAQAAAQJrMQECZDEBA2FubgUBAQbtm4TroLQCAgDgvwMDAQQEAwEBYfA/AAUFCXsiYSI6WzFdfQCo2nabAQAAAgEGBAEBAXgDAFuNWjMn14Io";

    [Fact]
    public void A_batch_of_version_1_reads_as_it_was_written()
    {
        var read = BatchCodec.Decode(Convert.FromBase64String(BatchOfVersion1));
        read.ReceivedAt.ShouldBe(Sample.ReceivedAt);
        read.Events.Single().Name.ShouldBe("Play Song");
        read.Events.Single().Properties.ShouldBe(Sample.Events.Single().Properties);
        (read.Events.Single() with { Properties = Array.Empty<Property>() }).ShouldBe(Sample.Events.Single() with { Properties = Array.Empty<Property>() });
        (read.ProfileUpdates.Single() with { Properties = Array.Empty<Property>() }).ShouldBe(Sample.ProfileUpdates.Single() with { Properties = Array.Empty<Property>() });
        read.ProfileUpdates.Single().Properties.ShouldBe(Sample.ProfileUpdates.Single().Properties);
    }

    /// <summary>A program of before must read what is written now.</summary>
    [Fact]
    public void A_batch_is_written_as_version_1_was()
    {
        var (written, expected) = (BatchCodec.Encode(Sample), Convert.FromBase64String(BatchOfVersion1));
        written[0].ShouldBe(expected[0]);
        Unpacked(written).ShouldBe(Unpacked(expected), "other bytes need another version");
    }

    [Fact]
    public void The_mark_of_what_was_acknowledged_stays()
    {
        var directory = Directory.CreateTempSubdirectory("rondo-mark-").FullName;
        try
        {
            new AcknowledgedMark(7, 3).Create(LocalDisk.Instance, directory);
            Convert.ToBase64String(File.ReadAllBytes(Path.Combine(directory, "acknowledged.bin"))).ShouldBe("BwAAAAAAAAADAAAAAAAAAJNZtFHACWR4");
            AcknowledgedMark.Find(LocalDisk.Instance, directory).ShouldBe(new AcknowledgedMark(7, 3));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task The_digests_of_the_catalogue_stay()
    {
        await using var temporary = new TemporaryStore(new EngineOptions { SealAfter = TimeSpan.FromDays(1) });
        await temporary.Store.AppendAsync(Music.Batch(Music.Event("Play", "ann", 1, "a") with { DeviceId = "d1" }), default);
        await temporary.Store.AppendAsync(Music.ProfileBatch(Music.Set("ann", Music.P("plan", "paid"))), default);
        await temporary.Store.SealAsync(default);
        await temporary.CloseAsync();
        using var connection = StoreDatabase.Connect(LocalDisk.Instance, temporary.Directory, readOnly: true);
        Catalogue.Rows(connection, "SELECT name || ' ' || value FROM digest WHERE name <> 'meta' ORDER BY name").Select(row => row.GetString(0)).ShouldBe(
        [
            "event_name 7304810280262078972", "id 5412243092325553942", "id_with_event 0", "merge -676397376540976977", "part 5982656234549805600",
            "profile 3713331373336597381", "profile_block 0", "run -474834467001246306",
        ]);
    }

    [Fact]
    public void The_numbers_of_kinds_and_operators_stay()
    {
        Enum.GetValues<PropertyKind>().Select(kind => $"{kind}={(byte)kind}").ShouldBe(["Null=0", "String=1", "Number=2", "Boolean=3", "List=4", "Object=5", "Date=6"]);
        Enum.GetValues<ProfileOperator>().Select(operation => $"{operation}={(byte)operation}").ShouldBe(["Set=1", "SetOnce=2", "Add=3", "Append=4", "Union=5", "Remove=6", "Unset=7", "Delete=8"]);
    }

    [Fact]
    public void The_key_of_an_insert_id_stays()
    {
        InsertKey.Of("13c0b661-f48b-51cd-ba54-97c5999169c0").ShouldBe(2508111592U);
        InsertKey.Of(null).ShouldBe(0U);
    }

    [Fact]
    public void An_insert_id_made_from_a_key_has_that_key()
    {
        InsertKey.ToInsertId(0x00c0ffee).ShouldBe("rondo-00c0ffee");
        InsertKey.Of("rondo-00c0ffee").ShouldBe(0x00c0ffeeU);
        InsertKey.ToInsertId(0).ShouldBeNull();
    }

    [Fact]
    public void The_hash_of_a_row_stays()
    {
        object?[][] rows = [[], [1L, "후렴"], [1L, DBNull.Value, new byte[] { 1, 2 }]];
        rows.Select(row => new Catalog.RowHash().Of(row)).ShouldBe([3244421341483603138L, -804981858107355861L, -7333493942228414201L]);
    }

    /// <summary>Nobody, ann, a device of hers and ü, as version 1 of the file wrote them.</summary>
    private const string IdsOfVersion1 =
        "Uk9ORE9EUzEBAAAAAAAAAAQAAAAAAAAAAQAAAAAAAAAQAAAAAAAAAA8AAAAAAAAADjbkyms61gEAAAAAAAAAAAMAAAAAAAAADQAAAAAAAAAPAAAAAAAAAAYAAAAAAAAAAgAAAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAACAAAAAAAAAAMAAAAAAAAAYW5uJGRldmljZTpkMcO8";

    [Fact]
    public void A_file_of_ids_of_version_1_reads_as_it_was_written_and_is_written_the_same()
    {
        var directory = Directory.CreateTempSubdirectory("rondo-ids-").FullName;
        try
        {
            string[] texts = [string.Empty, "ann", "$device:d1", "ü"];
            var path = IdFile.PathOf(directory, texts.Length);
            Path.GetFileName(path).ShouldBe("ids-0000000004.bin");
            IdFile.Write(LocalDisk.Instance, path, texts.Length, number => Encoding.UTF8.GetBytes(texts[number]), [0b0110], [new Merge(2, 1)]);
            Convert.ToBase64String(File.ReadAllBytes(path)).ShouldBe(IdsOfVersion1);

            File.WriteAllBytes(path, Convert.FromBase64String(IdsOfVersion1));
            using var file = IdFile.Open(LocalDisk.Instance, path);
            Enumerable.Range(0, file.Count).Select(file.TextOf).ShouldBe(texts);
            texts.Skip(1).Select(text => file.Find(Encoding.UTF8.GetBytes(text))).ShouldBe([1, 2, 3]);
            file.Find("nobody"u8).ShouldBe(0);
            file.HasEvents.ToArray().ShouldBe([0b0110UL]);
            file.Merges.ToArray().ShouldBe([new Merge(2, 1)]);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task The_row_of_a_profile_stays()
    {
        await using var temporary = new TemporaryStore();
        var properties = Sample.Events.Single().Properties;
        await temporary.Store.AppendAsync(Music.ProfileBatch(Music.Set("ann", [.. properties])), default);
        await temporary.Store.SealAsync(default);
        using (var connection = StoreDatabase.Connect(LocalDisk.Instance, temporary.Directory, readOnly: true))
        {
            Catalogue.Rows(connection, "SELECT properties FROM profile").Select(row => Encoding.UTF8.GetString((byte[])row.GetValue(0))).ShouldBe(
                ["""{"text":"\uD6C4\uB834","number":-0.5,"yes":true,"list":["a",1,null],"object":{"a":[1]}}"""]);
        }

        await temporary.ReopenAsync();
        temporary.Store.FindProfile("ann")!.OrderBy(property => property.Key, StringComparer.Ordinal)
            .ShouldBe(properties.Select(property => KeyValuePair.Create(property.Name, property.Value)).OrderBy(property => property.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void The_columns_of_a_part_stay() =>
        Parts.RunFile.FixedFields.ShouldBe(["second", "millisecond", "event", "insert_key", "id", "device", "untold_user"]);

    [Fact]
    public void A_log_of_another_version_is_refused_with_its_number() =>
        Should.Throw<InvalidDataException>(() => BatchCodec.Decode([9, 0])).Message.ShouldContain("version 9");

    private static byte[] Unpacked(byte[] payload)
    {
        using var decompressor = new Decompressor();
        return decompressor.Unwrap(payload.AsSpan(1)).ToArray();
    }

    internal static IngestBatch Sample { get; } = new(
        Instant.FromUtc(2026, 1, 2, 3, 4),
        [
            new TrackedEvent
            {
                Name = "Play Song",
                DistinctId = "ann",
                UserId = "ann",
                DeviceId = "d1",
                Time = Instant.FromUnixTimeMilliseconds(1_760_000_000_123),
                InsertId = "k1",
                Properties =
                [
                    new Property("text", PropertyValue.Of("후렴")),
                    new Property("number", PropertyValue.Of(-0.5)),
                    new Property("yes", PropertyValue.Of(true)),
                    new Property("list", PropertyValue.Of([PropertyValue.Of("a"), PropertyValue.Of(1), PropertyValue.Null])),
                    new Property("object", PropertyValue.OfObject("""{"a":[1]}""")),
                ],
            },
        ],
        [new ProfileUpdate { DistinctId = "ann", Operator = ProfileOperator.Union, Properties = [new Property("tags", PropertyValue.Of([PropertyValue.Of("x")]))], Time = Instant.FromUtc(2026, 1, 1, 0, 0), IgnoreAlias = true }]);
}
