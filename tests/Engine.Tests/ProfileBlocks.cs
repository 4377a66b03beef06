using Rondo.Engine.Catalog;
using Rondo.Engine.Disk;
using Rondo.Engine.Profiles;
using Rondo.Model.Events;
using Rondo.Model.Profiles;
using static Rondo.Engine.Tests.Music;

namespace Rondo.Engine.Tests;

/// <summary>Profiles move from rows of their own into blocks; nobody may notice.</summary>
public sealed class ProfileBlocks
{
    private static readonly EngineOptions Options = new() { SealAfter = TimeSpan.FromDays(1) };

    /// <summary>A block as version 1 wrote it.</summary>
    private const string BlockOfVersion1 =
        "ASi1L/0kRzkCAAMAAAcA/z8CBHBsYW4PWyJmcmVlIiwicGFpZCJdAwEAAgABAAR0YWdzFltbIlx1RDZDNFx1QjgzNCIsMC41XV0DAAABAAAAhdIIhg==";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Random_updates_are_the_same_before_and_after_every_reopening(int seed)
    {
        var random = new Random(seed);
        var expected = new Dictionary<string, Dictionary<string, PropertyValue>>();
        await using var temporary = new TemporaryStore(Options);
        for (var round = 0; round < 6; round++)
        {
            var updates = Enumerable.Range(0, random.Next(500, 20_000)).Select(_ => Update(random)).ToArray();
            foreach (var update in updates)
            {
                var profile = expected.GetValueOrDefault(update.DistinctId) ?? [];
                if (ProfileOperations.Apply(profile, update))
                {
                    expected[update.DistinctId] = profile;
                }
                else
                {
                    expected.Remove(update.DistinctId);
                }
            }

            await temporary.Store.AppendAsync(ProfileBatch(updates), default);
            if (round != 4)
            {
                await temporary.Store.SealAsync(default);
            }

            await temporary.ReopenAsync();
            for (var person = 0; person < 40_000; person++)
            {
                var found = temporary.Store.FindProfile($"p{person}");
                var wanted = expected.GetValueOrDefault($"p{person}");
                (found is null).ShouldBe(wanted is null, $"p{person} in round {round}");
                found?.OrderBy(property => property.Key, StringComparer.Ordinal).ShouldBe(wanted!.OrderBy(property => property.Key, StringComparer.Ordinal), $"p{person} in round {round}");
            }
        }

        BlocksIn(temporary.Directory).Count.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task A_person_who_is_erased_leaves_the_block_at_once()
    {
        await using var temporary = new TemporaryStore(Options);
        await temporary.Store.AppendAsync(ProfileBatch([.. Enumerable.Range(0, 2000).Select(n => Set($"p{n}", P("mail", $"p{n}@example.org")))]), default);
        await temporary.Store.SealAsync(default);
        var before = BlocksIn(temporary.Directory).Single();
        ProfileBlock.Decode(before).Columns.Single().Values.ShouldContain(PropertyValue.Of("p77@example.org"));

        await temporary.Store.EraseAsync(["p77"], default);
        var after = ProfileBlock.Decode(BlocksIn(temporary.Directory).Single());
        after.Persons.Length.ShouldBe(1999);
        after.Columns.Single().Values.ShouldNotContain(PropertyValue.Of("p77@example.org"));
        await temporary.CloseAsync();
        foreach (var file in Directory.EnumerateFiles(temporary.Directory))
        {
            (await File.ReadAllBytesAsync(file)).AsSpan().IndexOf(before.AsSpan(before.Length / 2, 64)).ShouldBe(-1, $"what was is gone from {file}");
        }
    }

    [Fact]
    public void A_block_that_was_changed_on_the_disk_is_refused()
    {
        var bytes = ProfileBlock.Empty.With(new Dictionary<ushort, IReadOnlyDictionary<string, PropertyValue>?>
        {
            [3] = new Dictionary<string, PropertyValue> { ["plan"] = PropertyValue.Of("paid"), ["mail"] = PropertyValue.Of("ann@example.org") },
        }).Encode();
        for (var place = 0; place < bytes.Length; place++)
        {
            foreach (var bit in new[] { 1, 16, 128 })
            {
                var changed = (byte[])bytes.Clone();
                changed[place] ^= (byte)bit;
                try
                {
                    ProfileBlock.Decode(changed).Encode().ShouldBe(bytes, $"bit {bit} of byte {place} means nothing");
                }
                catch (InvalidDataException)
                {
                    // Refused, as it should be.
                }
            }
        }
    }

    [Fact]
    public void A_block_of_version_1_reads_as_it_was_written()
    {
        var block = ProfileBlock.Decode(Convert.FromBase64String(BlockOfVersion1));
        block.Persons.ShouldBe([(ushort)0, (ushort)7, (ushort)16383]);
        block.Columns.Select(column => column.Property).ShouldBe(["plan", "tags"]);
        block.Columns[0].Values.ShouldBe([PropertyValue.Of("free"), PropertyValue.Of("paid")]);
        block.Columns[0].Codes.ShouldBe([(ushort)1, (ushort)2, (ushort)1]);
        block.Columns[1].Values.ShouldBe([PropertyValue.Of([PropertyValue.Of("후렴"), PropertyValue.Of(0.5)])]);
        block.Columns[1].Codes.ShouldBe([(ushort)0, (ushort)1, (ushort)0]);
        Convert.ToBase64String(block.Encode()).ShouldBe(BlockOfVersion1, "a program of before must read what is written now");
    }

    private static ProfileUpdate Update(Random random)
    {
        var set = Set($"p{random.Next(40_000)}", P("plan", $"plan{random.Next(5)}"), P("name", $"name{random.Next(100_000)}"), P($"rare{random.Next(50)}", "x"));
        return random.Next(10) switch
        {
            0 => set with { Operator = ProfileOperator.Delete, Properties = [] },
            1 or 2 => set with { Operator = ProfileOperator.Unset },
            _ => set,
        };
    }

    private static List<byte[]> BlocksIn(string directory)
    {
        using var connection = StoreDatabase.Connect(LocalDisk.Instance, directory, readOnly: true);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT profiles FROM profile_block ORDER BY block";
        using var reader = command.ExecuteReader();
        var blocks = new List<byte[]>();
        while (reader.Read())
        {
            blocks.Add((byte[])reader.GetValue(0));
        }

        return blocks;
    }
}
