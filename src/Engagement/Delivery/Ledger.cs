using Microsoft.Data.Sqlite;
using NodaTime;
using NodaTime.Extensions;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Data;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Delivery;

/// <summary>
/// Who gets which message, once. A send key is written before anything is sent, claimed before it is handed over, and its
/// outcome recorded after; each of the three is one durable transaction. What a run of the server claimed and did not
/// record is reconciled by the next (docs/decisions: delivery ledger).
/// </summary>
internal sealed partial class Ledger(EngagementDatabase database, EngagementOptions options, TimeProvider time)
{
    /// <summary>Names this run of the server in what it claims.</summary>
    private readonly string _owner = Guid.NewGuid().ToString("N");

    private const string InsertSend =
        """
        INSERT OR IGNORE INTO sends (Project, Campaign, Step, Person, Occurrence, Channel, Arm, State, Reason, DueAt, Attempts, CreatedAt, ChangedAt, ReceivedAt, "Trigger", IsReported)
        VALUES ($project, $campaign, 0, $person, $occurrence, $channel, $arm, $state, $reason, $due, 0, $now, $now, $received, $trigger, 0)
        """;

    private Instant Now => time.GetCurrentInstant();

    /// <summary>
    /// Writes a whole audience and marks the campaign as enrolled, all or nothing. False when that was done before, or the
    /// campaign is no longer to be sent.
    /// </summary>
    public Task<bool> EnrolAudienceAsync(ProjectId project, int campaign, Channel channel, IReadOnlyList<Enrolment> audience, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                var isFirst = connection.Run(
                    "UPDATE campaigns SET EnrolledAt = $now, State = $active WHERE Id = $id AND EnrolledAt IS NULL AND State IN ($scheduled, $active)",
                    ("$now", Now), ("$active", CampaignState.Active), ("$id", campaign), ("$scheduled", CampaignState.Scheduled)) == 1;
                if (isFirst)
                {
                    using var insert = PrepareInsert(connection);
                    foreach (var enrolment in audience)
                    {
                        Insert(insert, project, campaign, channel, enrolment);
                    }
                }

                return isFirst;
            },
            cancellationToken);

    /// <summary>
    /// Writes the enrolments of triggered campaigns whose persons may enter, notes conversions, and moves the log cursor, in
    /// one transaction. Reading the same stretch of the log again changes nothing.
    /// </summary>
    public Task<int> EnrolTriggeredAsync(ProjectId project, IReadOnlyList<TriggeredEnrolment> enrolments, IReadOnlyList<Conversion> conversions, LogPosition position, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                using var insert = PrepareInsert(connection);
                var writtenCount = enrolments.Count(enrolment => IsEligible(connection, enrolment) && Insert(insert, project, enrolment.Campaign, enrolment.Channel, enrolment.Enrolment));
                var convertedCount = AddConversions(connection, project, conversions);
                connection.Run(
                    "INSERT INTO cursors (Project, Position) VALUES ($project, $position) ON CONFLICT (Project) DO UPDATE SET Position = $position",
                    ("$project", project.Value), ("$position", position.Value));
                return writtenCount + convertedCount;
            },
            cancellationToken);

    /// <summary>Takes back what still waits of a stopped campaign; what a provider may have already stays as it is.</summary>
    public static void Stop(SqliteConnection connection, int campaign, Instant now) =>
        connection.Run(
            "UPDATE sends SET State = $skipped, Reason = $reason, ChangedAt = $now WHERE Campaign = $campaign AND State = $waiting",
            ("$skipped", SendState.Skipped), ("$reason", SendReason.CampaignStopped), ("$now", now), ("$campaign", campaign), ("$waiting", SendState.Waiting));

    private static SqliteCommand PrepareInsert(SqliteConnection connection) => connection.Prepared(
        InsertSend, "$project", "$campaign", "$person", "$occurrence", "$channel", "$arm", "$state", "$reason", "$due", "$now", "$received", "$trigger");

    private bool Insert(SqliteCommand insert, ProjectId project, int campaign, Channel channel, Enrolment enrolment) =>
        insert.Run(
            project.Value, campaign, enrolment.Person, enrolment.Occurrence, channel, enrolment.Arm, enrolment.State, enrolment.Reason, enrolment.DueAt, Now,
            enrolment.State == SendState.Control ? enrolment.DueAt : null, enrolment.Trigger) == 1;

    /// <summary>A person waits for one message of a campaign at a time; who received one may be barred for a while or for good.</summary>
    private static bool IsEligible(SqliteConnection connection, TriggeredEnrolment enrolment)
    {
        var barredFrom = enrolment.ReEligibleAfter is { } after ? enrolment.EventAt - after : Instant.FromUnixTimeMilliseconds(0);
        return connection.Rows(
            """
            SELECT 1 FROM sends
            WHERE Campaign = $campaign AND Step = 0 AND Person IN (SELECT value FROM json_each($persons))
              AND (State IN ($waiting, $sending) OR (State IN ($sent, $unknown, $control) AND COALESCE(ReceivedAt, ChangedAt) > $barredFrom))
            LIMIT 1
            """,
            reader => reader.GetInt32(0),
            ("$campaign", enrolment.Campaign),
            ("$persons", System.Text.Json.JsonSerializer.Serialize<IEnumerable<string>>([enrolment.Enrolment.Person, .. enrolment.OtherIds])),
            ("$waiting", SendState.Waiting), ("$sending", SendState.Sending), ("$sent", SendState.Sent), ("$unknown", SendState.Unknown), ("$control", SendState.Control),
            ("$barredFrom", barredFrom)).Count == 0;
    }
}
