using NodaTime;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Data;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Delivery;

/// <summary>A message whose events are not in the event store yet.</summary>
internal sealed record UnreportedMessage(long Id, ProjectId Project, int Campaign, int Arm, string Person, string Occurrence, Channel Channel, string Key, string Address, MessageState State, string? Detail, Instant At, Instant? SettledAt);

/// <summary>A control person whose enrolment is not in the event store yet.</summary>
internal sealed record UnreportedControl(long Id, ProjectId Project, int Campaign, string Person, string Occurrence, Channel Channel, Instant At);

/// <summary>A conversion that is not in the event store yet.</summary>
internal sealed record UnreportedConversion(ProjectId Project, int Campaign, string Person, int Arm, Instant At);

/// <summary>What the event store is still to learn.</summary>
internal sealed record Unreported(IReadOnlyList<UnreportedMessage> Messages, IReadOnlyList<UnreportedControl> Controls, IReadOnlyList<UnreportedConversion> Conversions)
{
    public bool IsEmpty => Messages.Count + Controls.Count + Conversions.Count == 0;
}

internal sealed partial class Ledger
{
    /// <summary>What the event store is still to learn, oldest first, at most <paramref name="limit"/> of each kind.</summary>
    public Task<Unreported> UnreportedAsync(int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection => new Unreported(
                connection.Rows(
                    """
                    SELECT messages.Id, sends.Project, sends.Campaign, sends.Arm, sends.Person, sends.Occurrence, sends.Channel, messages.Key, messages.Address, messages.State, messages.Detail, messages.At, messages.SettledAt
                    FROM messages INDEXED BY messages_unreported JOIN sends ON sends.Id = messages.Send
                    WHERE messages.State IN (2, 3) AND messages.IsReported = 0 ORDER BY messages.Id LIMIT $limit
                    """,
                    reader => new UnreportedMessage(
                        reader.GetInt64(0), new ProjectId(reader.GetInt32(1)), reader.GetInt32(2), reader.GetInt32(3), reader.GetString(4), reader.GetString(5), (Channel)reader.GetInt32(6),
                        reader.GetString(7), reader.GetString(8), (MessageState)reader.GetInt32(9), reader.Text(10), reader.At(11), reader.IsDBNull(12) ? null : reader.At(12)),
                    ("$limit", limit)),
                connection.Rows(
                    """
                    SELECT Id, Project, Campaign, Person, Occurrence, Channel, ReceivedAt FROM sends INDEXED BY sends_unreported
                    WHERE State = 8 AND IsReported = 0 AND ReceivedAt <= $now ORDER BY Id LIMIT $limit
                    """,
                    reader => new UnreportedControl(
                        reader.GetInt64(0), new ProjectId(reader.GetInt32(1)), reader.GetInt32(2), reader.GetString(3), reader.GetString(4), (Channel)reader.GetInt32(5), reader.At(6)),
                    ("$now", Now), ("$limit", limit)),
                connection.Rows(
                    "SELECT Project, Campaign, Person, Arm, At FROM conversions INDEXED BY conversions_unreported WHERE IsReported = 0 LIMIT $limit",
                    reader => new UnreportedConversion(new ProjectId(reader.GetInt32(0)), reader.GetInt32(1), reader.GetString(2), reader.GetInt32(3), reader.At(4)),
                    ("$limit", limit))),
            cancellationToken);

    /// <summary>Notes that the event store has these.</summary>
    public Task<int> MarkReportedAsync(Unreported reported, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                using var message = connection.Prepared("UPDATE messages SET IsReported = 1 WHERE Id = $id", "$id");
                using var control = connection.Prepared("UPDATE sends SET IsReported = 1 WHERE Id = $id", "$id");
                using var conversion = connection.Prepared("UPDATE conversions SET IsReported = 1 WHERE Campaign = $campaign AND Person = $person", "$campaign", "$person");
                return reported.Messages.Sum(row => message.Run(row.Id))
                    + reported.Controls.Sum(row => control.Run(row.Id))
                    + reported.Conversions.Sum(row => conversion.Run(row.Campaign, row.Person));
            },
            cancellationToken);
}
