using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Rondo.Analytics.AudienceSync.Data;
using Rondo.Analytics.AudienceSync.Destinations;
using Rondo.Analytics.Contracts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.AudienceSync;

internal sealed partial class SyncRunner
{
    /// <summary>Somebody paused or removed the sync while it was being sent.</summary>
    private sealed record Interrupted() : DestinationAnswer("interrupted");

    /// <summary>Sends everything that waits; null when nothing does any more.</summary>
    private async Task<DestinationAnswer?> SendAsync(SyncRow row, RunRow run, IAudienceDestination destination, SentCohort cohort, CancellationToken cancellationToken)
    {
        if (row.DeclaredName != cohort.Name)
        {
            var declared = await destination.DeclareAsync(cohort, cancellationToken);
            if (declared is not Taken)
            {
                return declared is PageRefused refused ? new Stopped(refused.Detail, SyncAdvice.ReadAnswer) : declared;
            }

            await database.ChangeAsync(
                context => context.Syncs.Where(sync => sync.Id == row.Id).ExecuteUpdateAsync(set => set.SetProperty(sync => sync.DeclaredName, cohort.Name), cancellationToken),
                cancellationToken);
        }

        var store = await stores.OpenAsync(cohort.Project, cancellationToken);
        var sender = new PageSender(database, destination, cohort, store, row, run, options.Integrations, time);
        return await SendAllAsync(sender, row, run, MemberState.Adding, cancellationToken) ?? await SendAllAsync(sender, row, run, MemberState.Removing, cancellationToken);
    }

    private async Task<DestinationAnswer?> SendAllAsync(PageSender sender, SyncRow row, RunRow run, MemberState waiting, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (!await IsWantedAsync(row, cancellationToken))
            {
                return new Interrupted();
            }

            var page = await database.ReadAsync(connection => new SyncMembers(connection, row.Id).Next(waiting, sender.MaximumPage), cancellationToken);
            var answered = waiting == MemberState.Adding ? run.AnsweredPages : run.AnsweredRemovalPages;

            // A stop between settling a page and counting it leaves nothing to send, which is no page for those who want none.
            var isEmptyWanted = sender.WantsEmptyPages && page.Count == 0 && answered == 0 && (waiting == MemberState.Adding ? run.PageCount : run.RemovalPageCount) > 0;
            if (page.Count == 0 && !isEmptyWanted)
            {
                return null;
            }

            if (await sender.SendAsync(page, waiting, cancellationToken) is { } trouble)
            {
                return trouble;
            }
        }
    }

    private async Task<bool> IsWantedAsync(SyncRow row, CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        return await context.Syncs.AnyAsync(sync => sync.Id == row.Id && sync.State == row.State, cancellationToken);
    }
}

/// <summary>Sends the pages of one run and settles them. A page that is refused is halved until it is known who is at fault.</summary>
internal sealed class PageSender(
    IntegrationsDatabase database,
    IAudienceDestination destination,
    SentCohort cohort,
    IEventStore store,
    SyncRow row,
    RunRow run,
    IntegrationOptions options,
    TimeProvider time)
{
    private readonly IdentityMapping _mapping = SyncRunner.MappingOf(row);
    private int _refusedInARow;

    public int MaximumPage => destination.MaximumPage;

    public bool WantsEmptyPages => destination.WantsEmptyPages;

    /// <summary>Null when the page is settled.</summary>
    public async Task<DestinationAnswer?> SendAsync(List<PendingMember> members, MemberState waiting, CancellationToken cancellationToken)
    {
        var isLeaving = waiting == MemberState.Removing;
        var kept = _mapping.Property is null
            ? []
            : await database.ReadAsync(connection => new SyncMembers(connection, row.Id).Shared(members, isLeaving ? PagePurpose.Remove : run.IsFull ? PagePurpose.SendAgain : PagePurpose.Add), cancellationToken);
        if (kept.Count > 0)
        {
            await SettleAsync([.. kept], isLeaving, AuditOperation.NoOp, null, cancellationToken);
        }

        // Of several who share an identifier within the page one is sent; the others wait for what becomes of it.
        var sent = members.Where(member => !kept.Contains(member)).DistinctBy(member => (member.Kind, member.Identifier)).ToList();
        if (sent.Count > 0 || members.Count == 0)
        {
            if (await SendPartAsync(sent, isLeaving, cancellationToken) is { } trouble)
            {
                return trouble;
            }
        }

        await CountPageAsync(isLeaving, cancellationToken);
        return null;
    }

    private async Task<DestinationAnswer?> SendPartAsync(List<PendingMember> members, bool isLeaving, CancellationToken cancellationToken)
    {
        var answer = await destination.SendAsync(cohort, PageOf(members, isLeaving), cancellationToken);
        switch (answer)
        {
            case Taken:
                _refusedInARow = 0;
                await SettleAsync(members, isLeaving, isLeaving ? AuditOperation.Remove : AuditOperation.Add, null, cancellationToken);
                return null;
            case PageRefused when members.Count > 1:
                var half = members.Count / 2;
                return await SendPartAsync([.. members.Take(half)], isLeaving, cancellationToken) ?? await SendPartAsync([.. members.Skip(half)], isLeaving, cancellationToken);
            case PageRefused refused when members.Count == 1 && ++_refusedInARow < options.RefusalsBeforePause:
                await SettleAsync(members, isLeaving, AuditOperation.NoOp, refused.Detail, cancellationToken);
                return null;
            case PageRefused refused:
                return new Stopped(refused.Detail, SyncAdvice.ReadAnswer);
            default:
                return answer;
        }
    }

    private MemberPage PageOf(List<PendingMember> members, bool isLeaving)
    {
        var ids = destination.WantsProfiles ? store.DistinctIdsOf(members.Select(member => new PersonNumber(member.Person))) : null;
        return new MemberPage(
            run.Id,
            isLeaving ? PageAction.Remove : run.IsFull ? PageAction.Replace : PageAction.Add,
            (isLeaving ? run.AnsweredRemovalPages : run.AnsweredPages) + 1,
            isLeaving ? run.RemovalPageCount : run.PageCount,
            [
                .. members.Select((member, index) => new SentMember(
                    member.Kind,
                    member.Identifier,
                    member.Kind == IdentifierKind.Alias ? _mapping.AliasLabel : null,
                    ids is not null && ids[index].Length > 0 ? store.FindProfile(ids[index]) : null)),
            ]);
    }

    /// <summary>One transaction: what became of the members, what is recorded of them and the counters cannot disagree.</summary>
    private Task<bool> SettleAsync(List<PendingMember> members, bool isLeaving, AuditOperation operation, string? refusal, CancellationToken cancellationToken)
    {
        if (members.Count == 0)
        {
            return Task.FromResult(true);
        }

        var ids = store.DistinctIdsOf(members.Select(member => new PersonNumber(member.Person)));
        return database.WriteAsync(
            connection =>
            {
                var record = new RunTable(connection, run.Id, time.GetCurrentInstant());
                if (!record.Count(operation == AuditOperation.Add ? members.Count : 0, operation == AuditOperation.Remove ? members.Count : 0, operation == AuditOperation.NoOp ? members.Count : 0))
                {
                    return false;
                }

                Settle(connection, members, isLeaving, refusal);
                if (ids.Any(id => id.Length == 0))
                {
                    Remnants.Mark(connection);
                }

                // Of somebody who was erased meanwhile it is recorded that it was done, and not of whom.
                record.Record(operation, members.Zip(ids, (member, id) => (id, id.Length == 0 ? string.Empty : member.Identifier, ReasonOf(member, operation, refusal), refusal)));
                return true;
            },
            cancellationToken);
    }

    private void Settle(SqliteConnection connection, List<PendingMember> members, bool isLeaving, string? refusal)
    {
        var table = new SyncMembers(connection, row.Id);
        if (isLeaving)
        {
            table.SettleRemoved(members);
        }
        else
        {
            table.SettleAdded(members, refusal is null ? MemberState.Held : MemberState.Refused);
        }
    }

    private static AuditReason ReasonOf(PendingMember member, AuditOperation operation, string? refusal) =>
        refusal is not null ? AuditReason.Refused : operation == AuditOperation.NoOp ? AuditReason.SameIdentifier : member.Reason;

    private Task<bool> CountPageAsync(bool isLeaving, CancellationToken cancellationToken)
    {
        (run.AnsweredPages, run.AnsweredRemovalPages) = (run.AnsweredPages + (isLeaving ? 0 : 1), run.AnsweredRemovalPages + (isLeaving ? 1 : 0));
        return database.WriteAsync(
            connection =>
            {
                using var command = connection.CreateCommand();
                command.CommandText = "UPDATE Runs SET AnsweredPages = $pages, AnsweredRemovalPages = $removals WHERE Id = $run";
                command.Parameters.AddWithValue("$pages", run.AnsweredPages);
                command.Parameters.AddWithValue("$removals", run.AnsweredRemovalPages);
                command.Parameters.AddWithValue("$run", run.Id);
                return command.ExecuteNonQuery() > 0;
            },
            cancellationToken);
    }
}
