using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Rondo.Analytics.AudienceSync.Data;
using Rondo.Analytics.Contracts;
using Rondo.Model;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Analytics.AudienceSync;

internal sealed partial class SyncDirectory
{
    public async Task<Outcome<CohortSync>> CreateAsync(ProjectId project, NewSync sync, CancellationToken cancellationToken)
    {
        var problems = Identification.Problems(sync.Mapping).Concat(ProblemsOfInterval(sync.Interval)).ToList();
        var cohort = await cohorts.FindAsync(project, sync.Cohort, cancellationToken);
        if (cohort is null)
        {
            problems.Add(new Problem("cohort", $"there is no cohort {sync.Cohort}"));
        }

        switch (await SettingsOfAsync(project, sync.Connection, cancellationToken))
        {
            case null:
                problems.Add(new Problem("connection", $"there is no connection {sync.Connection}"));
                break;
            case { TakesAudiences: false }:
                problems.Add(new Problem("connection", "takes events and no cohorts"));
                break;
            case WebhookConnection when sync.Mapping is { } mapping and not { Kind: IdentifierKind.ExternalId, Property: null }:
                problems.Add(new Problem("mapping", "must be external ids from the distinct id: the webhook names people by their distinct ids"));
                break;
        }

        if (problems.Count > 0)
        {
            return Outcome<CohortSync>.Refused(problems);
        }

        var token = (await projects.FindAsync(project, cancellationToken))!.Token;
        return await ChangeAsync(
            project,
            async context =>
            {
                if (await context.Syncs.AnyAsync(row => row.ConnectionId == sync.Connection.Value && row.CohortId == sync.Cohort.Value, cancellationToken))
                {
                    return Outcome<SyncRow>.Refused("cohort", "already goes there: change or run that sync, or remove it first");
                }

                var created = new SyncRow
                {
                    ProjectId = project.Value,
                    ConnectionId = sync.Connection.Value,
                    CohortId = sync.Cohort.Value,
                    IntervalMilliseconds = sync.Interval is { } interval ? (long)interval.TotalMilliseconds : null,
                    Mapping = JsonSerializer.Serialize(sync.Mapping, ModelJson.Options),
                    State = SyncState.Active,

                    // Two servers may send to one workspace, and a cohort that is sent anew is to be the same one there.
                    RemoteId = $"{token}-{sync.Cohort}",
                    IsFullWanted = true,
                    CreatedAt = time.GetCurrentInstant(),
                    FailureCount = 0,
                };
                context.Syncs.Add(created);
                return Outcome<SyncRow>.Accepted(created);
            },
            cancellationToken);
    }

    public Task<Outcome<CohortSync>> ChangeIntervalAsync(ProjectId project, SyncId sync, Duration interval, CancellationToken cancellationToken)
    {
        var problems = ProblemsOfInterval(interval).ToList();
        return problems.Count > 0
            ? Task.FromResult(Outcome<CohortSync>.Refused(problems))
            : ChangeFoundAsync(
                project,
                sync,
                row => row.State == SyncState.Leaving ? new Problem("sync", "is ending")
                    : Changed(() => (row.IntervalMilliseconds, row.State, row.NextAt) = ((long)interval.TotalMilliseconds, row.State == SyncState.Finished ? SyncState.Active : row.State, null)),
                cancellationToken);
    }

    public Task<Outcome<CohortSync>> PauseAsync(ProjectId project, SyncId sync, CancellationToken cancellationToken) => ChangeFoundAsync(
        project,
        sync,
        row => row.State != SyncState.Active ? new Problem("sync", "can be paused only while it is active") : Changed(() =>
        {
            (row.State, row.NextAt) = (SyncState.Paused, null);
            (row.TroubleAt, row.TroubleMessage, row.TroubleAdvice) = (time.GetCurrentInstant(), "Paused by hand.", SyncAdvice.Resume);
        }),
        cancellationToken);

    public Task<Outcome<CohortSync>> ResumeAsync(ProjectId project, SyncId sync, CancellationToken cancellationToken) => ChangeFoundAsync(
        project,
        sync,
        row => row.State != SyncState.Paused ? new Problem("sync", "is not paused") : Changed(() =>
        {
            (row.State, row.NextAt, row.FailureCount) = (SyncState.Active, null, 0);
            (row.TroubleAt, row.TroubleMessage, row.TroubleAdvice) = (null, null, null);
        }),
        cancellationToken);

    public Task<Outcome<CohortSync>> RunAsync(ProjectId project, SyncId sync, bool isFull, CancellationToken cancellationToken) => ChangeFoundAsync(
        project,
        sync,
        row => row.State is not (SyncState.Active or SyncState.Finished) ? new Problem("sync", "must be active or finished: resume it first") : Changed(() =>
            (row.State, row.NextAt, row.IsFullWanted) = (SyncState.Active, null, row.IsFullWanted || isFull || row.State == SyncState.Finished)),
        cancellationToken);

    public async Task<Outcome<CohortSync>> RemoveAsync(ProjectId project, SyncId sync, bool takesMembersOut, CancellationToken cancellationToken)
    {
        if (await FindAsync(project, sync, cancellationToken) is not { } found)
        {
            return NoSuchSync(sync);
        }

        await database.WriteAsync(
            connection =>
            {
                using var command = connection.CreateCommand();
                command.Parameters.AddWithValue("$sync", sync.Value);
                if (takesMembersOut)
                {
                    new SyncMembers(connection, sync.Value).LeaveAll();
                    command.CommandText = $"UPDATE Syncs SET State = {(int)SyncState.Leaving}, NextAt = NULL, FailureCount = 0, TroubleAt = NULL, TroubleMessage = NULL, TroubleAdvice = NULL WHERE Id = $sync";
                }
                else
                {
                    command.CommandText = "DELETE FROM Syncs WHERE Id = $sync";
                }

                return command.ExecuteNonQuery();
            },
            cancellationToken);
        planner.Forget(sync.Value);
        schedule.Set(sync.Value, null);
        return Outcome<CohortSync>.Accepted(await FindAsync(project, sync, cancellationToken) ?? found);
    }

    private async Task<ConnectionSettings?> SettingsOfAsync(ProjectId project, ConnectionId connection, CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        var row = await context.Connections.AsNoTracking().SingleOrDefaultAsync(row => row.Id == connection.Value && row.ProjectId == project.Value, cancellationToken);
        return row is null ? null : JsonSerializer.Deserialize<ConnectionSettings>(row.Settings, ModelJson.Options);
    }

    private Task<Outcome<CohortSync>> ChangeFoundAsync(ProjectId project, SyncId sync, Func<SyncRow, Problem?> change, CancellationToken cancellationToken) => ChangeAsync(
        project,
        async context => await context.Syncs.SingleOrDefaultAsync(row => row.Id == sync.Value && row.ProjectId == project.Value, cancellationToken) is not { } row
            ? Outcome<SyncRow>.Refused("sync", $"there is no sync {sync}")
            : change(row) is { } problem ? Outcome<SyncRow>.Refused(problem) : Outcome<SyncRow>.Accepted(row),
        cancellationToken);

    private async Task<Outcome<CohortSync>> ChangeAsync(ProjectId project, Func<IntegrationsDbContext, Task<Outcome<SyncRow>>> change, CancellationToken cancellationToken)
    {
        var changed = await database.ChangeAsync(
            async context =>
            {
                var outcome = await change(context);
                if (outcome.IsAccepted)
                {
                    await context.SaveChangesAsync(cancellationToken);
                    schedule.Set(outcome.Value.Id, null);
                }

                return outcome;
            },
            cancellationToken);
        return changed.IsAccepted
            ? Outcome<CohortSync>.Accepted((await FindAsync(project, new SyncId(changed.Value.Id), cancellationToken))!)
            : Outcome<CohortSync>.Refused(changed.Problems);
    }

    private static Problem? Changed(Action change)
    {
        change();
        return null;
    }

    private static IEnumerable<Problem> ProblemsOfInterval(Duration? interval)
    {
        if (interval < ShortestInterval || interval > LongestInterval)
        {
            yield return new Problem("interval", "must be 1 second to 31 days");
        }
    }

    private static Outcome<CohortSync> NoSuchSync(SyncId sync) => Outcome<CohortSync>.Refused("sync", $"there is no sync {sync}");
}
