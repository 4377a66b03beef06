using System.Text.Json;
using Rondo.Analytics.AudienceSync.Data;
using Rondo.Analytics.Contracts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.AudienceSync;

/// <summary>
/// The record of who was sent, where it must forget. What is at the other side is taken out there first: the row of the
/// sent-state, which names whom to take out, goes when that was answered.
/// </summary>
internal sealed class SyncRecord(IntegrationsDatabase database) : IForgetsPeople
{
    public Task ForgetAsync(ProjectId project, IReadOnlyCollection<string> ids, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText =
                """
                DELETE FROM Audit WHERE RunId IN (SELECT Runs.Id FROM Runs JOIN Syncs ON Syncs.Id = Runs.SyncId WHERE Syncs.ProjectId = $project)
                AND (DistinctId IN (SELECT value FROM json_each($ids)) OR Identifier IN (SELECT value FROM json_each($ids)))
                """;
            command.Parameters.AddWithValue("$project", project.Value);
            command.Parameters.AddWithValue("$ids", JsonSerializer.Serialize(ids));
            Remnants.Mark(connection);
            return command.ExecuteNonQuery();
        },
        cancellationToken);
}
