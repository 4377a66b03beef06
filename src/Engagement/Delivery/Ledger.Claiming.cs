using Rondo.Engagement.Channels;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Data;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Delivery;

internal sealed partial class Ledger
{
    /// <summary>Projects and channels that have something to send now.</summary>
    public Task<List<(ProjectId Project, Channel Channel)>> DueLanesAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection => connection.Rows(
                "SELECT DISTINCT Project, Channel FROM sends WHERE State = 1 AND DueAt <= $now",
                reader => (new ProjectId(reader.GetInt32(0)), (Channel)reader.GetInt32(1)),
                ("$now", Now)),
            cancellationToken);

    /// <summary>What is due on a channel, oldest first.</summary>
    public Task<List<DueSend>> DueAsync(ProjectId project, Channel channel, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection => connection.Rows(
                """
                SELECT Id, Campaign, Step, Person, Occurrence, Arm, Attempts, "Trigger" FROM sends
                WHERE Project = $project AND Channel = $channel AND State = 1 AND DueAt <= $now
                ORDER BY DueAt, Id LIMIT $limit
                """,
                reader => new DueSend(
                    reader.GetInt64(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetString(3), reader.GetString(4), reader.GetInt32(5), reader.GetInt32(6), reader.Text(7)),
                ("$project", project.Value), ("$channel", channel), ("$now", Now), ("$limit", limit)),
            cancellationToken);

    /// <summary>
    /// Claims prepared sends: from here until the answers are recorded their messages may be with the provider. Gives the
    /// messages that may be handed over; a send that was stopped or claimed meanwhile gives none.
    /// </summary>
    public Task<List<ClaimedMessage>> ClaimAsync(IReadOnlyList<PreparedSend> sends, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                using var refuse = connection.Prepared(
                    "UPDATE sends SET State = $state, Reason = $reason, Detail = $detail, ChangedAt = $now WHERE Id = $id AND State = 1",
                    "$state", "$reason", "$detail", "$now", "$id");
                using var claim = connection.Prepared(
                    """
                    UPDATE sends SET State = 2, Owner = $owner, Attempts = Attempts + 1, ReceivedAt = COALESCE(ReceivedAt, $now), ChangedAt = $now
                    WHERE Id = $id AND State = 1
                    """,
                    "$owner", "$now", "$id");
                using var forget = connection.Prepared("DELETE FROM messages WHERE Send = $send AND State = 6 AND Key NOT IN (SELECT value FROM json_each($keys))", "$send", "$keys");
                using var insert = connection.Prepared(
                    """
                    INSERT INTO messages (Send, Project, Key, Address, State, At, IsReported) VALUES ($send, $project, $key, $address, 1, $now, 0)
                    ON CONFLICT (Key) DO UPDATE SET State = 1, At = $now WHERE messages.State = 6 AND messages.Send = $send
                    """,
                    "$send", "$project", "$key", "$address", "$now");
                var now = Now;
                var claimed = new List<ClaimedMessage>();
                foreach (var send in sends)
                {
                    if (send.Refusal is { } reason)
                    {
                        refuse.Run(FinalStateOf(reason), reason, send.Detail, now, send.Send.Id);
                        continue;
                    }

                    if (claim.Run(_owner, now, send.Send.Id) != 1)
                    {
                        continue;
                    }

                    forget.Run(send.Send.Id, System.Text.Json.JsonSerializer.Serialize(send.Messages.Select(message => message.Key)));
                    var mine = send.Messages.Where(message => insert.Run(send.Send.Id, message.Project.Value, message.Key, message.Address, now) == 1).ToList();
                    claimed.AddRange(mine.Select(message => new ClaimedMessage(send.Send.Id, message)));
                    if (mine.Count == 0)
                    {
                        Settle(connection, send.Send.Id, send.Send.Attempts + 1, now, null);
                    }
                }

                return claimed;
            },
            cancellationToken);

    private static SendState FinalStateOf(SendReason reason) => reason switch
    {
        SendReason.TemplateFailed or SendReason.ChannelNotReady or SendReason.Refused or SendReason.AttemptsUsedUp or SendReason.InvalidAddress => SendState.Failed,
        SendReason.OutcomeUnknown => SendState.Unknown,
        _ => SendState.Skipped,
    };
}

/// <summary>A message that may be handed over, with the send it belongs to.</summary>
internal sealed record ClaimedMessage(long Send, OutgoingMessage Message);
