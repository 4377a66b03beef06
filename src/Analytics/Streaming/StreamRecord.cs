using System.Text.Json;
using Rondo.Analytics.AudienceSync.Data;
using Rondo.Analytics.Contracts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Streaming;

/// <summary>The record of what did not arrive, where it must forget. What was sent cannot be called back.</summary>
internal sealed class StreamRecord(IntegrationsDatabase database) : IForgetsPeople
{
    public Task ForgetAsync(ProjectId project, IReadOnlyCollection<string> distinctIds, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = "DELETE FROM StreamRecord WHERE StreamId IN (SELECT Id FROM Streams WHERE ProjectId = $project) AND DistinctId IN (SELECT value FROM json_each($ids))";
            command.Parameters.AddWithValue("$project", project.Value);
            command.Parameters.AddWithValue("$ids", JsonSerializer.Serialize(distinctIds));
            Remnants.Mark(connection);
            return command.ExecuteNonQuery();
        },
        cancellationToken);
}
