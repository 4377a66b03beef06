using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Rondo.Analytics.AudienceSync.Data;
using Rondo.Analytics.AudienceSync.Destinations;
using Rondo.Analytics.Contracts;
using Rondo.Model;
using Rondo.Model.Cohorts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.AudienceSync;

/// <summary>
/// Takes up a sync: plans what differs, writes it down, and only then sends it page by page, settling each page when it was
/// answered. What was written down is sent before anything else is planned, so the other side sees changes in the order in
/// which they happened, and a page whose answer was lost is sent again as it was.
/// </summary>
internal sealed partial class SyncRunner(
    IntegrationsDatabase database,
    ConnectionDirectory connections,
    SyncPlanner planner,
    ICohorts cohorts,
    IProjects projects,
    IEventStores stores,
    AnalyticsOptions options,
    TimeProvider time)
{
    /// <summary>Runs that are due as often as this leave no trace when there is nothing to send.</summary>
    private static readonly Duration Frequent = Duration.FromMinutes(1);

    /// <summary>Takes it up once and says when to look at it again; null when not before somebody changes it.</summary>
    public async Task<Instant?> TakeUpAsync(int sync, CancellationToken cancellationToken)
    {
        SyncRow? row;
        ConnectionRow connection;
        await using (var context = database.Open())
        {
            row = await context.Syncs.AsNoTracking().SingleOrDefaultAsync(found => found.Id == sync, cancellationToken);
            if (row is null || row.State is not (SyncState.Active or SyncState.Leaving))
            {
                return null;
            }

            connection = await context.Connections.AsNoTracking().SingleAsync(found => found.Id == row.ConnectionId, cancellationToken);
        }

        var project = new ProjectId(row.ProjectId);
        var cohort = await cohorts.FindAsync(project, new CohortId(row.CohortId), cancellationToken);
        if (cohort is null && row.State == SyncState.Active)
        {
            return await StopAsync(row, null, new Stopped("The cohort does not exist any more.", SyncAdvice.RemoveSync), cancellationToken);
        }

        await using var destination = connections.Destination(connection);
        var run = await PlannedAsync(row, destination, cancellationToken);
        if (run is null)
        {
            return await InStepAsync(row, cancellationToken);
        }

        var sent = new SentCohort(row.RemoteId, cohort?.Name ?? row.DeclaredName ?? row.RemoteId, cohort?.Description ?? string.Empty, project, cohort?.CreatedAt ?? row.CreatedAt);
        var trouble = await SendAsync(row, run, destination, sent, cancellationToken);
        return trouble switch
        {
            null => await CompletedAsync(row, run, cancellationToken),
            Stopped stopped => await StopAsync(row, run, stopped, cancellationToken),
            TryAgain again => await WaitAsync(row, run, again, cancellationToken),
            Interrupted => null,
            _ => throw new InvalidOperationException($"{trouble.GetType().Name} does not end a run."),
        };
    }

    internal static IdentityMapping MappingOf(SyncRow row) =>
        JsonSerializer.Deserialize<IdentityMapping>(row.Mapping, ModelJson.Options) ?? throw new InvalidDataException($"Sync {row.Id} is stored without a mapping.");

    /// <summary>The run that is to be sent, planned to the end; null when both sides are the same.</summary>
    private async Task<RunRow?> PlannedAsync(SyncRow row, IAudienceDestination destination, CancellationToken cancellationToken)
    {
        RunRow? open;
        await using (var context = database.Open())
        {
            open = await context.Runs.AsNoTracking().Where(run => run.SyncId == row.Id && run.EndedAt == null).OrderBy(run => run.Id).FirstOrDefaultAsync(cancellationToken);
        }

        if (open is { IsPlanned: true })
        {
            return open;
        }

        var project = new ProjectId(row.ProjectId);
        var now = time.GetCurrentInstant();
        var isOutdated = destination.FullAfter is { } longest && row.ComparedAt is { } last && now - last > longest;
        var isFull = (row.IsFullWanted || isOutdated) && row.State == SyncState.Active;
        var isComparing = isFull || row.ComparedAt is not { } compared || now - compared >= Duration.FromTimeSpan(options.Integrations.CompareInterval);
        var request = new PlanRequest(
            row.Id,
            MappingOf(row),
            row.State == SyncState.Leaving ? PersonSet.Empty : cohorts.MembersOf(project, new CohortId(row.CohortId)),
            isComparing && row.State == SyncState.Active);
        var (store, context2) = (await stores.OpenAsync(project, cancellationToken), await projects.ContextAsync(project, cancellationToken));
        var sendsEmpty = destination.WantsEmptyPages && row.State == SyncState.Active && row.IntervalMilliseconds >= Frequent.TotalMilliseconds;
        if (open is null && !isFull && !request.IsComparing && !sendsEmpty && row.State == SyncState.Active && !await planner.HasChangesAsync(request, store, context2, cancellationToken))
        {
            return null;
        }

        var run = open ?? await BeginAsync(row, isFull, now, cancellationToken);
        await planner.PlanAsync(request, run.Id, store, context2, cancellationToken);
        return await SealPlanAsync(row, run, destination, request.IsComparing ? now : row.ComparedAt, sendsEmpty, cancellationToken);
    }

    private Task<RunRow> BeginAsync(SyncRow row, bool isFull, Instant now, CancellationToken cancellationToken) => database.ChangeAsync(
        async context =>
        {
            var run = new RunRow
            {
                SyncId = row.Id,
                StartedAt = now,
                IsFull = isFull,
                PageCount = 0,
                RemovalPageCount = 0,
                AnsweredPages = 0,
                AnsweredRemovalPages = 0,
                IsPlanned = false,
                Added = 0,
                Removed = 0,
                Skipped = 0,
                Attempts = 0,
            };
            context.Runs.Add(run);
            await context.SaveChangesAsync(cancellationToken);
            return run;
        },
        cancellationToken);

    /// <summary>Says that the plan is whole; a run that has nothing to do is taken back.</summary>
    private Task<RunRow?> SealPlanAsync(SyncRow row, RunRow run, IAudienceDestination destination, Instant? comparedAt, bool sendsEmpty, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            var members = new SyncMembers(connection, row.Id);
            if (run.IsFull)
            {
                members.SendAgain();
            }

            var (adding, removing) = (members.CountWaiting(MemberState.Adding), members.CountWaiting(MemberState.Removing));
            var least = run.IsFull && destination.WantsEmptyPages ? 1 : sendsEmpty ? 1 : 0;
            run.PageCount = Math.Max(least, Pages(adding, destination.MaximumPage));
            run.RemovalPageCount = Math.Max(sendsEmpty && !run.IsFull ? 1 : 0, Pages(removing, destination.MaximumPage));
            run.IsPlanned = true;

            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE Syncs SET ComparedAt = $compared WHERE Id = $sync";
            command.Parameters.AddWithValue("$compared", (object?)comparedAt?.ToUnixTimeMilliseconds() ?? DBNull.Value);
            command.Parameters.AddWithValue("$sync", row.Id);
            command.ExecuteNonQuery();

            // The first run and a full one leave a trace even when there is nobody to send; so does one that skipped somebody.
            var isIdle = run.PageCount + run.RemovalPageCount == 0 && !run.IsFull && row.LastCompletedAt is not null;
            command.CommandText = isIdle
                ? "DELETE FROM Runs WHERE Id = $run AND Skipped = 0"
                : "UPDATE Runs SET IsPlanned = 1, PageCount = $pages, RemovalPageCount = $removals WHERE Id = $run";
            command.Parameters.AddWithValue("$run", run.Id);
            command.Parameters.AddWithValue("$pages", run.PageCount);
            command.Parameters.AddWithValue("$removals", run.RemovalPageCount);
            if (isIdle && command.ExecuteNonQuery() > 0)
            {
                return null;
            }

            if (isIdle)
            {
                command.CommandText = "UPDATE Runs SET IsPlanned = 1 WHERE Id = $run";
            }

            return command.ExecuteNonQuery() > 0 ? run : null;
        },
        cancellationToken);

    private static int Pages(int members, int largest) => (members + largest - 1) / largest;
}
