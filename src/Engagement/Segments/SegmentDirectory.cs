using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using NodaTime.Extensions;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Data;
using Rondo.Model;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Segments;

/// <summary>Saved audience filters and how far they reach.</summary>
internal sealed class SegmentDirectory(EngagementDatabase database, IEventStores stores, IProjects projects, ICohorts cohorts, TimeProvider time) : ISegments
{
    private const int MaximumNameLength = 120;

    private Instant Now => time.GetCurrentInstant();

    public async Task<IReadOnlyList<AudienceSegment>> ListAsync(ProjectId project, bool includeArchived, CancellationToken cancellationToken)
    {
        await using var data = database.Open();
        var rows = await data.Segments.AsNoTracking()
            .Where(row => row.Project == project.Value && (includeArchived || !row.IsArchived))
            .OrderByDescending(row => row.Id)
            .ToListAsync(cancellationToken);
        var all = await cohorts.AllAsync(project, cancellationToken);
        return [.. rows.Select(row => Of(row, all))];
    }

    public async Task<AudienceSegment?> FindAsync(ProjectId project, int segment, CancellationToken cancellationToken)
    {
        await using var data = database.Open();
        var row = await data.Segments.AsNoTracking().SingleOrDefaultAsync(row => row.Project == project.Value && row.Id == segment, cancellationToken);
        return row is null ? null : Of(row, await cohorts.AllAsync(project, cancellationToken));
    }

    public Task<Outcome<AudienceSegment>> CreateAsync(ProjectId project, string name, string description, Predicate where, CancellationToken cancellationToken) =>
        SaveAsync(
            project,
            name,
            where,
            data =>
            {
                var row = new SegmentRow { Project = project.Value, Name = name, Description = description ?? string.Empty, Where = Json(where), CreatedAt = Now, ChangedAt = Now };
                data.Segments.Add(row);
                return Task.FromResult<SegmentRow?>(row);
            },
            cancellationToken);

    public Task<Outcome<AudienceSegment>> ChangeAsync(ProjectId project, int segment, string name, string description, Predicate where, CancellationToken cancellationToken) =>
        SaveAsync(
            project,
            name,
            where,
            async data =>
            {
                var row = await data.Segments.SingleOrDefaultAsync(row => row.Project == project.Value && row.Id == segment, cancellationToken);
                if (row is not null)
                {
                    (row.Name, row.Description, row.Where, row.ChangedAt) = (name, description ?? string.Empty, Json(where), Now);
                }

                return row;
            },
            cancellationToken);

    public async Task<Outcome<AudienceSegment>> ArchiveAsync(ProjectId project, int segment, bool isArchived, CancellationToken cancellationToken)
    {
        var isFound = await database.ChangeAsync(
            data => data.Segments.Where(row => row.Project == project.Value && row.Id == segment)
                .ExecuteUpdateAsync(update => update.SetProperty(row => row.IsArchived, isArchived).SetProperty(row => row.ChangedAt, Now), cancellationToken),
            cancellationToken) == 1;
        return isFound ? Outcome<AudienceSegment>.Accepted((await FindAsync(project, segment, cancellationToken))!) : Missing(segment);
    }

    public async Task<Outcome<Reach>> ReachAsync(ProjectId project, Predicate where, CancellationToken cancellationToken)
    {
        var problems = Problems(where, await cohorts.AllAsync(project, cancellationToken), "where");
        return problems.Count > 0 ? Outcome<Reach>.Refused(problems) : Outcome<Reach>.Accepted(await CountAsync(project, where, cancellationToken));
    }

    /// <summary>The reach of a filter that was checked.</summary>
    public async Task<Reach> CountAsync(ProjectId project, Predicate where, CancellationToken cancellationToken)
    {
        var store = await stores.OpenAsync(project, cancellationToken);
        var context = await projects.ContextAsync(project, cancellationToken);
        var audience = await store.PeopleWhereAsync(where, context, cancellationToken);
        var channels = new List<ChannelReach>();
        foreach (var channel in Enum.GetValues<Channel>())
        {
            channels.Add((await AudienceReach.OfAsync(store, context, audience, channel, cancellationToken)).Counted(channel));
        }

        return new Reach(audience.Count, channels, context.Now);
    }

    private async Task<Outcome<AudienceSegment>> SaveAsync(ProjectId project, string name, Predicate where, Func<EngagementData, Task<SegmentRow?>> change, CancellationToken cancellationToken)
    {
        var all = await cohorts.AllAsync(project, cancellationToken);
        var problems = Problems(where, all, "where");
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaximumNameLength)
        {
            problems.Add(new Problem("name", $"must have 1 to {MaximumNameLength} characters"));
        }

        if (problems.Count > 0)
        {
            return Outcome<AudienceSegment>.Refused(problems);
        }

        return await database.ChangeAsync(
            async data =>
            {
                var row = await change(data);
                if (row is null)
                {
                    return Outcome<AudienceSegment>.Refused("id", "names no segment");
                }

                if (await data.Segments.AnyAsync(other => other.Project == project.Value && other.Name == name && other.Id != row.Id, cancellationToken))
                {
                    return Outcome<AudienceSegment>.Refused("name", "is taken by another segment");
                }

                await data.SaveChangesAsync(cancellationToken);
                return Outcome<AudienceSegment>.Accepted(Of(row, all));
            },
            cancellationToken);
    }

    private static List<Problem> Problems(Predicate? where, IReadOnlyList<Cohort> cohorts, string field) =>
        where is null ? [new Problem(field, "is required")] : [.. PredicateProblems.OfPersonFilter(where, field, null), .. CohortReferences.Problems(where, cohorts, field)];

    private static Outcome<AudienceSegment> Missing(int segment) => Outcome<AudienceSegment>.Refused("id", $"names no segment: {segment}");

    private static string Json(Predicate where) => JsonSerializer.Serialize(where, ModelJson.Options);

    private static AudienceSegment Of(SegmentRow row, IReadOnlyList<Cohort> cohorts)
    {
        var where = JsonSerializer.Deserialize<Predicate>(row.Where, ModelJson.Options) ?? throw new InvalidOperationException("A stored filter is never null.");
        return new AudienceSegment(row.Id, row.Name, row.Description, where, CohortReferences.Words(where, cohorts), row.CreatedAt, row.ChangedAt, row.IsArchived);
    }
}
