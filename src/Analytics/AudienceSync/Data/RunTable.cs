using Microsoft.Data.Sqlite;
using NodaTime;
using Rondo.Analytics.Contracts;

namespace Rondo.Analytics.AudienceSync.Data;

/// <summary>Counts and records what a run does, within a transaction of the caller's.</summary>
internal sealed class RunTable(SqliteConnection connection, int run, Instant now)
{
    /// <summary>Adds to the run's counters; false when the run is gone, because somebody removed the sync.</summary>
    public bool Count(int added, int removed, int skipped)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "UPDATE Runs SET Added = Added + $added, Removed = Removed + $removed, Skipped = Skipped + $skipped WHERE Id = $run";
        command.Parameters.AddWithValue("$added", added);
        command.Parameters.AddWithValue("$removed", removed);
        command.Parameters.AddWithValue("$skipped", skipped);
        command.Parameters.AddWithValue("$run", run);
        return command.ExecuteNonQuery() > 0;
    }

    public void Record(AuditOperation operation, IEnumerable<(string DistinctId, string Identifier, AuditReason Reason, string? Detail)> lines)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO Audit (RunId, At, DistinctId, Identifier, Operation, Reason, Detail) VALUES ($run, $at, $distinct, $identifier, $operation, $reason, $detail)";
        command.Parameters.AddWithValue("$run", run);
        command.Parameters.AddWithValue("$at", now.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("$operation", (int)operation);
        var distinctId = command.Parameters.AddWithValue("$distinct", "");
        var identifier = command.Parameters.AddWithValue("$identifier", "");
        var reason = command.Parameters.AddWithValue("$reason", 0);
        var detail = command.Parameters.AddWithValue("$detail", DBNull.Value);
        foreach (var line in lines)
        {
            distinctId.Value = line.DistinctId;
            identifier.Value = line.Identifier;
            reason.Value = (int)line.Reason;
            detail.Value = (object?)line.Detail ?? DBNull.Value;
            command.ExecuteNonQuery();
        }
    }
}
