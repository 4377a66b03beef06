using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Data;
using Rondo.Model.Cohorts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Cohorts;

/// <content>
/// What keeps the journal small: whole memberships written down now and then, old changes forgotten, sizes once a minute.
/// </content>
internal sealed partial class MembershipJournal
{
    /// <summary>Persons entered and left after which a whole membership is written down, so that a start has little to catch up with.</summary>
    private const int ChangesPerWriting = 100_000;

    private static readonly Duration FullHistory = Duration.FromDays(7);
    private static readonly Duration BetweenSizes = Duration.FromMinutes(1);
    private static readonly Duration BetweenThinnings = Duration.FromHours(1);

    private readonly ConcurrentDictionary<CohortId, int> _unwritten = new();
    private readonly ConcurrentDictionary<CohortId, SizeNotes> _sizes = new();

    /// <summary>Notes how large a cohort is, if that changed: at most once a minute, unless <paramref name="isForced"/>.</summary>
    public async Task NoteSizeAsync(ProjectId project, CohortId cohort, Instant now, bool isForced, CancellationToken cancellationToken)
    {
        var notes = _sizes.GetOrAdd(cohort, _ => new SizeNotes());
        var size = memberships.Find(project, cohort)!.Count;
        if (!isForced && now - notes.At < BetweenSizes)
        {
            return;
        }

        await using var context = database.Open();
        notes.Size ??= await context.CohortSizes.Where(row => row.CohortId == cohort.Value).OrderByDescending(row => row.At).Select(row => (int?)row.Size).FirstOrDefaultAsync(cancellationToken);
        if (notes.Size == size)
        {
            return;
        }

        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        if (now - notes.ThinnedAt >= BetweenThinnings)
        {
            await ThinAsync(context, project, cohort, now, cancellationToken);
            notes.ThinnedAt = now;
        }

        // Two computations in one millisecond are one point.
        await context.CohortSizes.Where(row => row.CohortId == cohort.Value && row.At == now).ExecuteDeleteAsync(cancellationToken);
        context.CohortSizes.Add(new CohortSizeRow { CohortId = cohort.Value, At = now, Size = size });
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        (notes.At, notes.Size) = (now, size);
    }

    /// <summary>Writes down the memberships that have changed much, or all that changed, and forgets changes older than the retention.</summary>
    public async Task KeepAsync(ProjectId project, Instant now, bool writesAll, CancellationToken cancellationToken)
    {
        foreach (var (cohort, table) in memberships.Of(project))
        {
            if (_unwritten.TryGetValue(cohort, out var changes) && changes > (writesAll ? 0 : ChangesPerWriting))
            {
                await WriteAsync(cohort, table, cancellationToken);
            }
        }

        await ForgetAsync(project, await LastToForgetAsync(project, now, cancellationToken), cancellationToken);
    }

    /// <summary>The last version that is too old or has too many after it (over all projects); 0 for none.</summary>
    private async Task<long> LastToForgetAsync(ProjectId project, Instant now, CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        var rows = context.MembershipChanges.AsNoTracking().Where(row => row.ProjectId == project.Value);
        if (await rows.OrderBy(row => row.Version).Select(row => (long?)row.Version).FirstOrDefaultAsync(cancellationToken) is not { } first)
        {
            return 0;
        }

        var before = now - Duration.FromTimeSpan(options.MembershipChangeRetention);
        var last = await rows.MaxAsync(row => row.Version, cancellationToken);
        var kept = await rows.Where(row => row.At >= before).OrderBy(row => row.Version).Select(row => (long?)row.Version).FirstOrDefaultAsync(cancellationToken) ?? last + 1;

        // In steps: forgetting a few each minute would write the whole memberships that need them each minute.
        return Math.Max(kept - 1 >= first ? kept - 1 : 0, last - first > options.MembershipChangesKept * 5L / 4 ? last - options.MembershipChangesKept : 0);
    }

    private async Task WriteAsync(CohortId cohort, MemberTable table, CancellationToken cancellationToken)
    {
        _unwritten.TryRemove(cohort, out _);
        var (membership, seconds) = table.Export();
        var (members, since) = (MembershipBlob.Write(membership.Members), SinceBlob.Write(seconds));
        await using var context = database.Open();
        await context.Memberships.Where(row => row.CohortId == cohort.Value && row.Version <= membership.Version.Value).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.ComputedAt, membership.ComputedAt)
                .SetProperty(row => row.Version, membership.Version.Value)
                .SetProperty(row => row.Size, membership.Members.Count)
                .SetProperty(row => row.Members, members)
                .SetProperty(row => row.Since, since),
            cancellationToken);
    }

    private async Task ForgetAsync(ProjectId project, long last, CancellationToken cancellationToken)
    {
        if (last == 0)
        {
            return;
        }

        await using var context = database.Open();
        var behind = await context.Memberships.Where(row => row.Version < last && context.Cohorts.Any(cohort => cohort.Id == row.CohortId && cohort.ProjectId == project.Value))
            .Select(row => row.CohortId).ToListAsync(cancellationToken);
        foreach (var cohort in behind)
        {
            await WriteAsync(new CohortId(cohort), memberships.Find(project, new CohortId(cohort))!, cancellationToken);
        }

        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await context.MembershipHorizons.Where(row => row.ProjectId == project.Value).ExecuteDeleteAsync(cancellationToken);
        context.MembershipHorizons.Add(new MembershipHorizonRow { ProjectId = project.Value, Version = last });
        await context.SaveChangesAsync(cancellationToken);
        await context.MembershipChanges.Where(row => row.ProjectId == project.Value && row.Version <= last).ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Of the days that are more than a week ago keeps only the last point each.</summary>
    private async Task ThinAsync(AnalyticsDbContext context, ProjectId project, CohortId cohort, Instant now, CancellationToken cancellationToken)
    {
        var calendar = (await projects.ContextAsync(project, cancellationToken)).Calendar;
        var horizon = now - FullHistory;
        var old = await context.CohortSizes.Where(row => row.CohortId == cohort.Value && row.At < horizon).OrderBy(row => row.At).ToListAsync(cancellationToken);
        context.CohortSizes.RemoveRange(old.GroupBy(row => calendar.DateOf(row.At)).SelectMany(day => day.SkipLast(1)));
    }

    private void NoteGrowth(MembershipChange change) =>
        _unwritten.AddOrUpdate(change.Cohort, change.Entered.Length + change.Left.Length, (_, before) => before + change.Entered.Length + change.Left.Length);

    /// <summary>What was last written about a cohort's size.</summary>
    private sealed class SizeNotes
    {
        public Instant At { get; set; } = Instant.MinValue;

        public int? Size { get; set; }

        public Instant ThinnedAt { get; set; } = Instant.MinValue;
    }
}
