using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Rondo.Engine.Profiles;
using Rondo.Model.Events;

namespace Rondo.Engine.Catalog;

/// <summary>
/// Profiles in the catalogue: blocks of neighbouring persons, which are quick to read, and before them rows of single persons
/// that changed since their block was written. A person's row, where there is one, is the whole profile.
/// </summary>
internal static class ProfileRows
{
    /// <summary>Changes to a block's persons from which on it is written anew: one in sixteen, so each change is written about 17 times over.</summary>
    public const int MostLoose = ProfileBlock.Size / 16;

    /// <summary>Reads everything.</summary>
    /// <returns>Per block how many rows of single persons there are.</returns>
    public static Dictionary<int, int> Restore(SqliteConnection connection, ProfileTable profiles)
    {
        // Whoever only inspects a folder of the format before does not make it one of this format.
        var blocks = (StoreDatabase.HasTable(connection, "profile_block") ? TableDigests.Read(connection, "profile_block", "ORDER BY block", row => (Block: row.GetInt32(0), Bytes: (byte[])row.GetValue(1))) : [])
            .AsParallel().AsOrdered().WithMergeOptions(ParallelMergeOptions.NotBuffered)
            .Select(row => (row.Block, Profiles: ProfileBlock.Decode(row.Bytes)));
        try
        {
            foreach (var (block, decoded) in blocks)
            {
                profiles.Restore(block * ProfileBlock.Size, decoded);
            }
        }
        catch (AggregateException exception)
        {
            throw exception.Flatten().InnerExceptions[0];
        }

        var loose = new Dictionary<int, int>();
        foreach (var (person, profile) in TableDigests.ReadAll(connection, "profile", string.Empty, row => (row.GetInt32(0), Read(row, 1))))
        {
            profiles.Restore(person, profile);
            Count(loose, person);
        }

        return loose;
    }

    /// <summary>Writes profiles one by one; null stands for a profile that is gone, which is taken out of its block at once.</summary>
    public static void Write(SqliteConnection connection, SqliteTransaction transaction, IReadOnlyList<(int Person, IReadOnlyDictionary<string, PropertyValue>? Profile)> profiles)
    {
        using var write = Catalogue.Prepare(connection, transaction, "INSERT INTO profile (number, properties) VALUES ($0, $1) ON CONFLICT (number) DO UPDATE SET properties = excluded.properties", 2);
        using var delete = Catalogue.Prepare(connection, transaction, "DELETE FROM profile WHERE number = $0", 1);
        foreach (var (person, profile) in profiles)
        {
            if (profile is null)
            {
                Catalogue.Run(delete, person);
            }
            else
            {
                Catalogue.Run(write, person, Encoding.UTF8.GetBytes(JsonSerializer.Serialize(profile)));
            }
        }

        foreach (var gone in profiles.Where(one => one.Profile is null).GroupBy(one => ProfileBlock.Of(one.Person), one => Place(one.Person)))
        {
            if (Find(connection, transaction, gone.Key) is { } block && gone.Any(block.Persons.Contains))
            {
                Write(connection, transaction, gone.Key, block.With(gone.ToDictionary(place => place, _ => (IReadOnlyDictionary<string, PropertyValue>?)null)));
            }
        }
    }

    /// <summary>Moves the rows of a block's persons into the block.</summary>
    public static void Fold(SqliteConnection connection, SqliteTransaction transaction, int block)
    {
        var (first, last) = (block * ProfileBlock.Size, ((block + 1) * ProfileBlock.Size) - 1);
        var loose = new Dictionary<ushort, IReadOnlyDictionary<string, PropertyValue>?>();
        foreach (var row in Catalogue.Rows(connection, $"SELECT number, properties FROM profile WHERE number BETWEEN {first} AND {last}", transaction))
        {
            loose.Add(Place(row.GetInt32(0)), Read(row, 1));
        }

        Write(connection, transaction, block, (Find(connection, transaction, block) ?? ProfileBlock.Empty).With(loose));
        Catalogue.Execute(connection, transaction, "DELETE FROM profile WHERE number BETWEEN $0 AND $1", first, last);
    }

    /// <summary>Counts a person's row.</summary>
    public static void Count(Dictionary<int, int> loose, int person) => loose[ProfileBlock.Of(person)] = loose.GetValueOrDefault(ProfileBlock.Of(person)) + 1;

    private static ushort Place(int person) => (ushort)(person % ProfileBlock.Size);

    private static Dictionary<string, PropertyValue> Read(SqliteDataReader row, int column)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, PropertyValue>>((byte[])row.GetValue(column))!;
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException("the rows of its table 'profile' are not those that were written", exception);
        }
    }

    private static ProfileBlock? Find(SqliteConnection connection, SqliteTransaction transaction, int block)
    {
        using var command = Catalogue.Prepare(connection, transaction, "SELECT profiles FROM profile_block WHERE block = $0", 1);
        command.Parameters[0].Value = block;
        return command.ExecuteScalar() is byte[] bytes ? ProfileBlock.Decode(bytes) : null;
    }

    private static void Write(SqliteConnection connection, SqliteTransaction transaction, int number, ProfileBlock block) =>
        Catalogue.Execute(connection, transaction, "INSERT INTO profile_block (block, profiles) VALUES ($0, $1) ON CONFLICT (block) DO UPDATE SET profiles = excluded.profiles", number, block.Encode());
}
