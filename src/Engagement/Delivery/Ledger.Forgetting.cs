using System.Text.Json;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Data;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Delivery;

/// <content>Erased people: their rows stay, so that what is under way ends as it should, but nobody can tell any more who they were.</content>
internal sealed partial class Ledger : IForgetsPeople
{
    /// <summary>Begins the name that stands in an erased person's place; the number of the row follows, or chance where rows have none.</summary>
    private const string Erased = "$erased:";

    /// <inheritdoc/>
    public Task ForgetAsync(ProjectId project, IReadOnlyCollection<string> distinctIds, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                var (name, ids) = (JsonSerializer.Serialize(distinctIds), "Person IN (SELECT value FROM json_each($ids))");
                var ofMessages = $"Send IN (SELECT Id FROM sends WHERE Project = $project AND {ids})";

                // Whatever is still to come of them is neither sent nor told to the event store.
                connection.Run($"UPDATE messages SET Address = '', IsReported = 1 WHERE Project = $project AND {ofMessages}", ("$project", project.Value), ("$ids", name));
                connection.Run(
                    $"""
                    UPDATE sends SET Person = $erased || Id, "Trigger" = NULL, IsReported = 1,
                        State = CASE State WHEN $waiting THEN $skipped ELSE State END, Reason = CASE State WHEN $waiting THEN $reason ELSE Reason END
                    WHERE Project = $project AND {ids}
                    """,
                    ("$project", project.Value), ("$ids", name), ("$erased", Erased), ("$waiting", SendState.Waiting), ("$skipped", SendState.Skipped), ("$reason", SendReason.Erased));
                connection.Run($"UPDATE conversions SET Person = $erased || lower(hex(randomblob(16))), IsReported = 1 WHERE Project = $project AND {ids}", ("$project", project.Value), ("$ids", name), ("$erased", Erased));
                Remnants.Mark(connection);
                return true;
            },
            cancellationToken);
}
