using Microsoft.Data.Sqlite;
using NodaTime;
using Rondo.Engagement.Data;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Delivery;

/// <summary>A goal reached: by whom, in which arm, when.</summary>
internal sealed record Conversion(int Campaign, string Person, int Arm, Instant At);

/// <summary>When a person received a campaign, or would have.</summary>
internal sealed record Receipt(string Person, int Arm, Instant At);

internal sealed partial class Ledger
{
    /// <summary>How far the log of a project was read; null when it never was.</summary>
    public Task<LogPosition?> CursorAsync(ProjectId project, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection => connection.Rows("SELECT Position FROM cursors WHERE Project = $project", reader => (LogPosition?)new LogPosition(reader.GetInt64(0)), ("$project", project.Value)).FirstOrDefault(),
            cancellationToken);

    /// <summary>
    /// When these persons received a campaign, or were enrolled in its control group, and have not converted yet. A message
    /// that is on its way counts as received: people may be faster than our bookkeeping.
    /// </summary>
    public Task<List<Receipt>> OpenReceiptsAsync(int campaign, IReadOnlyCollection<string> persons, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection => connection.Rows(
                """
                SELECT Person, Arm, ReceivedAt FROM sends
                WHERE Campaign = $campaign AND Step = 0 AND Person IN (SELECT value FROM json_each($persons)) AND ReceivedAt IS NOT NULL AND Arm IS NOT NULL
                  AND NOT EXISTS (SELECT 1 FROM conversions WHERE conversions.Campaign = sends.Campaign AND conversions.Person = sends.Person)
                """,
                reader => new Receipt(reader.GetString(0), reader.GetInt32(1), reader.At(2)),
                ("$campaign", campaign), ("$persons", System.Text.Json.JsonSerializer.Serialize(persons))),
            cancellationToken);

    private static int AddConversions(SqliteConnection connection, ProjectId project, IReadOnlyList<Conversion> conversions)
    {
        using var insert = connection.Prepared(
            "INSERT OR IGNORE INTO conversions (Campaign, Person, Project, Arm, At, IsReported) VALUES ($campaign, $person, $project, $arm, $at, 0)",
            "$campaign", "$person", "$project", "$arm", "$at");
        return conversions.Sum(conversion => insert.Run(conversion.Campaign, conversion.Person, project.Value, conversion.Arm, conversion.At));
    }
}
