using Microsoft.Data.Sqlite;
using NodaTime;
using Rondo.Analytics.AudienceSync.Data;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Streaming.Data;

namespace Rondo.Analytics.Streaming;

/// <summary>Where one stream stands, written down: cursor, counters, record and trouble in one transaction each.</summary>
internal sealed class StreamTable(IntegrationsDatabase database, StreamRow row, TimeProvider time)
{
    /// <summary>Says how far everything is settled; false when the stream is gone.</summary>
    public Task<bool> SettleAsync(StreamTally tally, long position, Instant? backfillReachedAt, Duration recordRetention) => database.WriteAsync(
        connection =>
        {
            // Whoever was accepted something is well again; one that somebody paused meanwhile stays so.
            var mended = tally.LastSentAt is null && tally.Losses.All(loss => loss.Reason == StreamLoss.Gone)
                ? string.Empty
                : $", State = CASE WHEN State = {(int)StreamState.Halted} THEN {(int)StreamState.Active} ELSE State END, SkipsRefused = 0, FailureCount = 0, FailingSince = NULL, NextAt = NULL, TroubleAt = NULL, TroubleMessage = NULL, TroubleAdvice = NULL";
            using var command = connection.CreateCommand();
            command.CommandText =
                $"""
                UPDATE Streams SET Position = $position, BackfillReachedAt = CASE WHEN Revision = $revision THEN $reached ELSE BackfillReachedAt END,
                Sent = Sent + $sent, Anonymous = Anonymous + $anonymous, Incomplete = Incomplete + $incomplete, Refused = Refused + $refused, LostBatches = LostBatches + $lost,
                LastSentAt = coalesce($lastSent, LastSentAt){mended}
                WHERE Id = $stream
                """;
            command.Parameters.AddWithValue("$stream", row.Id);
            command.Parameters.AddWithValue("$revision", row.Revision);
            command.Parameters.AddWithValue("$position", position);
            command.Parameters.AddWithValue("$reached", (object?)backfillReachedAt?.ToUnixTimeMilliseconds() ?? DBNull.Value);
            command.Parameters.AddWithValue("$sent", tally.Sent);
            command.Parameters.AddWithValue("$anonymous", tally.Anonymous);
            command.Parameters.AddWithValue("$incomplete", tally.Incomplete);
            command.Parameters.AddWithValue("$refused", tally.Losses.Count(loss => loss.Reason != StreamLoss.Gone));
            command.Parameters.AddWithValue("$lost", tally.LostBatches);
            command.Parameters.AddWithValue("$lastSent", (object?)tally.LastSentAt?.ToUnixTimeMilliseconds() ?? DBNull.Value);
            if (command.ExecuteNonQuery() == 0)
            {
                return false;
            }

            Record(connection, tally.Losses, time.GetCurrentInstant() - recordRetention);
            return true;
        },
        CancellationToken.None);

    /// <summary>Says what stands in the way and when it is tried again; nothing when somebody changed the stream meanwhile.</summary>
    public Task NoteAsync(StreamState state, Instant next, string message, SyncAdvice advice) => database.WriteAsync(
        connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText =
                $"""
                UPDATE Streams SET State = $state, NextAt = $next, FailureCount = FailureCount + 1, FailingSince = coalesce(FailingSince, $now),
                TroubleAt = $now, TroubleMessage = $message, TroubleAdvice = $advice
                WHERE Id = $stream AND Revision = $revision AND State <> {(int)StreamState.Paused}
                """;
            command.Parameters.AddWithValue("$stream", row.Id);
            command.Parameters.AddWithValue("$revision", row.Revision);
            command.Parameters.AddWithValue("$state", (int)state);
            command.Parameters.AddWithValue("$next", next.ToUnixTimeMilliseconds());
            command.Parameters.AddWithValue("$now", time.GetCurrentInstant().ToUnixTimeMilliseconds());
            command.Parameters.AddWithValue("$message", message);
            command.Parameters.AddWithValue("$advice", (int)advice);
            return command.ExecuteNonQuery();
        },
        CancellationToken.None);

    /// <summary>Spends the next number of a file. It is gone even when the file is never written.</summary>
    public Task<long> ClaimFileNumberAsync(CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE Streams SET FileNumber = FileNumber + 1 WHERE Id = $stream RETURNING FileNumber";
            command.Parameters.AddWithValue("$stream", row.Id);

            // A stream that was removed a moment ago writes nothing: whoever sends is being stopped.
            return command.ExecuteScalar() as long? ?? throw new OperationCanceledException($"Stream {row.Id} is gone.");
        },
        cancellationToken);

    private void Record(SqliteConnection connection, List<StreamRecordRow> losses, Instant horizon)
    {
        if (losses.Count == 0)
        {
            return;
        }

        using var command = connection.CreateCommand();
        command.CommandText = "DELETE FROM StreamRecord WHERE StreamId = $stream AND At < $horizon";
        command.Parameters.AddWithValue("$stream", row.Id);
        command.Parameters.AddWithValue("$horizon", horizon.ToUnixTimeMilliseconds());
        command.ExecuteNonQuery();
        foreach (var loss in losses)
        {
            using var insert = connection.CreateCommand();
            insert.CommandText = "INSERT INTO StreamRecord (StreamId, At, EventId, Event, DistinctId, Reason, Detail) VALUES ($stream, $at, $id, $event, $person, $reason, $detail)";
            insert.Parameters.AddWithValue("$stream", row.Id);
            insert.Parameters.AddWithValue("$at", loss.At.ToUnixTimeMilliseconds());
            insert.Parameters.AddWithValue("$id", loss.EventId);
            insert.Parameters.AddWithValue("$event", loss.Event);
            insert.Parameters.AddWithValue("$person", loss.DistinctId);
            insert.Parameters.AddWithValue("$reason", (int)loss.Reason);
            insert.Parameters.AddWithValue("$detail", loss.Detail);
            insert.ExecuteNonQuery();
        }
    }
}
