using NodaTime;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Data;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Delivery;

/// <summary>A line of a person's ledger.</summary>
internal sealed record PersonSend(int Campaign, int? Arm, SendState State, SendReason? Reason, Instant At);

internal sealed partial class Ledger
{
    /// <summary>
    /// People of a campaign's audience who were not messaged, by reason: each person once, under the reason of the latest
    /// send key, and only those of whom no key was ever sent. People who still wait have their own reason.
    /// </summary>
    public Task<Dictionary<SendReason, int>> NotSentAsync(int campaign, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection => connection.Rows(
                """
                SELECT COALESCE(Reason, $waitingReason), COUNT(*) FROM (
                    SELECT Person, MAX(Id), Reason,
                        MAX(CASE WHEN State IN ($sent, $bounced, $control) OR (State IN ($waiting, $sending) AND EXISTS (
                            SELECT 1 FROM messages WHERE messages.Send = sends.Id AND messages.State IN (2, 3))) THEN 1 ELSE 0 END) AS IsSent
                    FROM sends WHERE Campaign = $campaign GROUP BY Person)
                WHERE IsSent = 0 GROUP BY 1
                """,
                reader => (Reason: (SendReason)reader.GetInt32(0), Count: reader.GetInt32(1)),
                ("$campaign", campaign), ("$waitingReason", SendReason.Waiting),
                ("$sent", SendState.Sent), ("$bounced", SendState.Bounced), ("$control", SendState.Control), ("$waiting", SendState.Waiting), ("$sending", SendState.Sending))
                .ToDictionary(row => row.Reason, row => row.Count),
            cancellationToken);

    /// <summary>Everything the ledger has of a person under any of these ids, newest first.</summary>
    public Task<List<PersonSend>> OfPersonAsync(ProjectId project, IReadOnlyCollection<string> ids, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection => connection.Rows(
                "SELECT Campaign, Arm, State, Reason, ChangedAt FROM sends WHERE Project = $project AND Person IN (SELECT value FROM json_each($ids)) ORDER BY ChangedAt DESC, Id DESC LIMIT 500",
                reader => new PersonSend(
                    reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetInt32(1), (SendState)reader.GetInt32(2), reader.IsDBNull(3) ? null : (SendReason)reader.GetInt32(3), reader.At(4)),
                ("$project", project.Value), ("$ids", System.Text.Json.JsonSerializer.Serialize(ids))),
            cancellationToken);

    /// <summary>The message behind a key, for links that come back; null when there is none, or its person was erased.</summary>
    public Task<SentMessage?> FindMessageAsync(ProjectId project, string key, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection => connection.Rows(
                """
                SELECT sends.Campaign, sends.Arm, sends.Person, sends.Occurrence, messages.Address
                FROM messages JOIN sends ON sends.Id = messages.Send WHERE messages.Key = $key AND messages.Project = $project AND sends.Person NOT GLOB $erased
                """,
                reader => new SentMessage(key, reader.GetInt32(0), reader.GetInt32(1), reader.GetString(2), reader.GetString(3), reader.GetString(4)),
                ("$key", key), ("$project", project.Value), ("$erased", Erased + "*")).FirstOrDefault(),
            cancellationToken);
}

/// <summary>A message that was sent.</summary>
internal sealed record SentMessage(string Key, int Campaign, int Arm, string Person, string Occurrence, string Address);
