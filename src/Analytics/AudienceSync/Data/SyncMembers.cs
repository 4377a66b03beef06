using Microsoft.Data.Sqlite;
using Rondo.Analytics.Contracts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.AudienceSync.Data;

/// <summary>A row on its way: what is to be sent for whom, and why.</summary>
internal readonly record struct PendingMember(int Person, string Identifier, IdentifierKind Kind, AuditReason Reason);

/// <summary>The people a sync knows: everyone whose row is not on its way out, and those among them without identifier.</summary>
internal sealed record KnownPeople(PersonSet All, PersonSet Unmatched);

/// <summary>What is to be done with rows that wait.</summary>
internal enum PagePurpose
{
    Add,
    Remove,
    SendAgain,
}

/// <summary>Reads and changes the members of one sync within a transaction of the caller's.</summary>
internal sealed class SyncMembers(SqliteConnection connection, int sync)
{
    public KnownPeople Known()
    {
        var (all, unmatched) = (new PersonSet.Builder(), new PersonSet.Builder());
        using var command = Command("SELECT Person, State FROM Members WHERE SyncId = $sync AND State <> 3");
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var person = new PersonNumber(reader.GetInt32(0));
            all.Add(person);
            if ((MemberState)reader.GetInt32(1) == MemberState.Unmatched)
            {
                unmatched.Add(person);
            }
        }

        return new KnownPeople(all.Build(), unmatched.Build());
    }

    /// <summary>The identifiers of persons in a range of numbers, those on their way out left out; empty for none.</summary>
    public Dictionary<int, string> IdentifiersOf(int first, int last)
    {
        var identifiers = new Dictionary<int, string>();
        using var command = Command("SELECT Person, Identifier FROM Members WHERE SyncId = $sync AND Person BETWEEN $first AND $last AND State <> 3", ("$first", first), ("$last", last));
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            identifiers[reader.GetInt32(0)] = reader.GetString(1);
        }

        return identifiers;
    }

    /// <summary>
    /// Plans that persons are taken out; those who are not there are forgotten. Planning begins when nothing waits, so a row
    /// that waits to be added was written by this very plan and never sent.
    /// </summary>
    public void Leave(IEnumerable<int> persons, AuditReason reason)
    {
        using var remove = Command("UPDATE Members SET State = 3, Reason = $reason WHERE SyncId = $sync AND Person = $person AND State = 2", ("$reason", (int)reason), ("$person", 0));
        using var forget = Command("DELETE FROM Members WHERE SyncId = $sync AND Person = $person AND State IN (1, 4, 5)", ("$person", 0));
        foreach (var person in persons)
        {
            remove.Parameters["$person"].Value = person;
            remove.ExecuteNonQuery();
            forget.Parameters["$person"].Value = person;
            forget.ExecuteNonQuery();
        }
    }

    /// <summary>Plans that everyone is taken out, those included who may be there.</summary>
    public void LeaveAll()
    {
        using var remove = Command("UPDATE Members SET State = 3, Reason = $reason WHERE SyncId = $sync AND State IN (1, 2)", ("$reason", (int)AuditReason.Left));
        remove.ExecuteNonQuery();
        using var forget = Command("DELETE FROM Members WHERE SyncId = $sync AND State IN (4, 5)");
        forget.ExecuteNonQuery();
    }

    /// <summary>Plans that members are added, or notes that they cannot be. A row that this plan was to take out stays.</summary>
    public void Enter(IEnumerable<Identified> members, AuditReason reason)
    {
        using var command = Command(
            """
            INSERT INTO Members (SyncId, Person, Identifier, Kind, State, Reason) VALUES ($sync, $person, $identifier, $kind, $state, $reason)
            ON CONFLICT (SyncId, Person, Identifier) DO UPDATE SET Kind = $kind, State = CASE State WHEN 3 THEN 2 ELSE $state END, Reason = $reason
            """,
            ("$person", 0), ("$identifier", ""), ("$kind", 0), ("$state", 0), ("$reason", 0));
        foreach (var member in members)
        {
            command.Parameters["$person"].Value = member.Person.Value;
            command.Parameters["$identifier"].Value = member.Identifier;
            command.Parameters["$kind"].Value = (int)member.Kind;
            command.Parameters["$state"].Value = (int)(member.Missing is null ? MemberState.Adding : MemberState.Unmatched);
            command.Parameters["$reason"].Value = (int)(member.Missing ?? reason);
            command.ExecuteNonQuery();
        }
    }

    /// <summary>Plans that everyone who is there, or was refused, is sent again.</summary>
    public void SendAgain()
    {
        using var command = Command("UPDATE Members SET State = 1, Reason = $reason WHERE SyncId = $sync AND State IN (2, 5)", ("$reason", (int)AuditReason.SentAgain));
        command.ExecuteNonQuery();
    }

    /// <summary>How many different identifiers wait.</summary>
    public int CountWaiting(MemberState state)
    {
        using var command = Command("SELECT COUNT(*) FROM (SELECT DISTINCT Kind, Identifier FROM Members WHERE SyncId = $sync AND State = $state)", ("$state", (int)state));
        return Convert.ToInt32(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The next rows that wait, by person, at most so many.</summary>
    public List<PendingMember> Next(MemberState state, int count)
    {
        var rows = new List<PendingMember>(Math.Min(count, 1000));
        using var command = Command(
            "SELECT Person, Identifier, Kind, Reason FROM Members WHERE SyncId = $sync AND State = $state ORDER BY Person, Identifier LIMIT $count",
            ("$state", (int)state), ("$count", count));
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            rows.Add(new PendingMember(reader.GetInt32(0), reader.GetString(1), (IdentifierKind)reader.GetInt32(2), (AuditReason)reader.GetInt32(3)));
        }

        return rows;
    }

    /// <summary>Those of these rows for whom nothing need be sent, because somebody else has the same identifier.</summary>
    /// <param name="rows">Rows that wait.</param>
    /// <param name="purpose">What is to be done with them.</param>
    public HashSet<PendingMember> Shared(IReadOnlyList<PendingMember> rows, PagePurpose purpose)
    {
        var condition = purpose switch
        {
            // Of several who leave, the last one takes the identifier with it.
            PagePurpose.Remove => "(State IN (1, 2) OR (State = 3 AND Person > $person))",

            // Whoever is to be taken out is still there.
            PagePurpose.Add => "State IN (2, 3)",

            // When everyone is sent again, only what this run has sent counts.
            _ => "State = 2",
        };
        using var command = Command(
            $"SELECT 1 FROM Members WHERE SyncId = $sync AND Identifier = $identifier AND Kind = $kind AND Person <> $person AND {condition} LIMIT 1",
            ("$identifier", ""), ("$kind", 0), ("$person", 0));
        var shared = new HashSet<PendingMember>();
        foreach (var row in rows)
        {
            command.Parameters["$identifier"].Value = row.Identifier;
            command.Parameters["$kind"].Value = (int)row.Kind;
            command.Parameters["$person"].Value = row.Person;
            if (command.ExecuteScalar() is not null)
            {
                shared.Add(row);
            }
        }

        return shared;
    }

    /// <summary>Settles rows that waited to be added; a row that was turned round meanwhile stays as it is.</summary>
    public void SettleAdded(IEnumerable<PendingMember> rows, MemberState state)
    {
        using var command = Command("UPDATE Members SET State = $state WHERE SyncId = $sync AND Person = $person AND Identifier = $identifier AND State = 1", ("$state", (int)state), ("$person", 0), ("$identifier", ""));
        Each(command, rows);
    }

    /// <summary>Settles rows that waited to be taken out.</summary>
    public void SettleRemoved(IEnumerable<PendingMember> rows)
    {
        using var command = Command("DELETE FROM Members WHERE SyncId = $sync AND Person = $person AND Identifier = $identifier AND State = 3", ("$person", 0), ("$identifier", ""));
        Each(command, rows);
    }

    private static void Each(SqliteCommand command, IEnumerable<PendingMember> rows)
    {
        foreach (var row in rows)
        {
            command.Parameters["$person"].Value = row.Person;
            command.Parameters["$identifier"].Value = row.Identifier;
            command.ExecuteNonQuery();
        }
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$sync", sync);
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }
}
