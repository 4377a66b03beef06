using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Rondo.Analytics.Cohorts.Live;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Data;
using Rondo.Analytics.Projects;
using Rondo.Model;
using Rondo.Model.Cohorts;
using Rondo.Model.Lexicon;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Cohorts;

/// <summary>The cohorts of all projects: kept in the database, members also in memory.</summary>
internal sealed partial class CohortDirectory(
    AnalyticsDatabase database,
    CohortMemberships memberships,
    MembershipJournal journal,
    MembershipFeed feed,
    CohortGate gate,
    LiveMailbox mailbox,
    ProjectDirectory projects,
    IEventStores stores) : ICohorts
{
    public async Task<IReadOnlyList<Cohort>> ListAsync(ProjectId project, bool includeArchived, CancellationToken cancellationToken)
    {
        var cohorts = await ReadAsync(project, cancellationToken);
        return [.. cohorts.Where(cohort => includeArchived || !cohort.IsArchived).OrderByDescending(cohort => cohort.Id.Value)];
    }

    public async Task<Cohort?> FindAsync(ProjectId project, CohortId cohort, CancellationToken cancellationToken) =>
        (await ReadAsync(project, cancellationToken)).FirstOrDefault(found => found.Id == cohort);

    public PersonSet MembersOf(ProjectId project, CohortId cohort) =>
        memberships.Find(project, cohort)?.Snapshot().Members ?? PersonSet.Empty;

    public async Task<IReadOnlyList<CohortMember>> ExplainAsync(ProjectId project, CohortId cohort, IReadOnlyList<PersonNumber> persons, CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        if (memberships.Find(project, cohort) is not { } table || await FindRowAsync(context, project, cohort, cancellationToken) is not { } row)
        {
            return [.. persons.Select(person => new CohortMember(person, null, []))];
        }

        var store = await stores.OpenAsync(project, cancellationToken);
        var why = await CohortReasons.OfAsync(store, DefinitionOf(row), persons, await projects.ContextAsync(project, cancellationToken), cancellationToken);
        return [.. persons.Zip(why, (person, facts) => new CohortMember(person, table.SinceOf(person), facts))];
    }

    public async Task<IReadOnlyList<CohortSize>> HistoryAsync(ProjectId project, CohortId cohort, CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        var rows = await context.CohortSizes.AsNoTracking()
            .Where(size => size.CohortId == cohort.Value && context.Cohorts.Any(row => row.Id == size.CohortId && row.ProjectId == project.Value))
            .OrderBy(size => size.At)
            .ToListAsync(cancellationToken);
        return [.. rows.Select(row => new CohortSize(row.At, row.Size))];
    }

    public IAsyncEnumerable<MembershipChange> ChangesAsync(ProjectId project, CancellationToken cancellationToken) => feed.Listen(project, cancellationToken);

    public async Task<Outcome<PersonSet>> PreviewAsync(ProjectId project, CohortDefinition definition, CancellationToken cancellationToken)
    {
        var context = await projects.ContextAsync(project, cancellationToken);
        var problems = CohortProblems.OfDefinition(definition, context).ToList();
        if (problems.Count > 0)
        {
            return Outcome<PersonSet>.Refused(problems);
        }

        var store = await stores.OpenAsync(project, cancellationToken);
        return Outcome<PersonSet>.Accepted(await ComputeAsync(store, definition, PersonSet.Empty, context, cancellationToken));
    }

    private async Task<List<Cohort>> ReadAsync(ProjectId project, CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        var rows = await context.Cohorts.AsNoTracking().Where(row => row.ProjectId == project.Value).ToListAsync(cancellationToken);
        var names = rows.ToDictionary(row => new CohortId(row.Id), row => row.Name);
        var called = (await projects.ContextAsync(project, cancellationToken)).Lexicon.DisplayNames;
        var members = memberships.Of(project);
        return [.. rows.Where(row => members.ContainsKey(new CohortId(row.Id))).Select(row => ToCohort(row, members[new CohortId(row.Id)].Snapshot(), names, called))];
    }

    private static Cohort ToCohort(CohortRow row, CohortMembership membership, Dictionary<CohortId, string> names, DisplayNames called)
    {
        var definition = DefinitionOf(row);
        return new Cohort(
            new CohortId(row.Id),
            row.Name,
            row.Description,
            definition,
            Wording.Of(called.In(definition), cohort => names.GetValueOrDefault(cohort)),
            membership.Members.Count,
            membership.ComputedAt,
            row.CreatedAt,
            row.IsArchived);
    }

    internal static CohortDefinition DefinitionOf(CohortRow row) => DefinitionOf(new CohortId(row.Id), row.Definition);

    internal static CohortDefinition DefinitionOf(CohortId cohort, string text) =>
        JsonSerializer.Deserialize<CohortDefinition>(text, ModelJson.Options)
        ?? throw new InvalidDataException($"Cohort {cohort} is stored without a definition.");

    private static string Write(CohortDefinition definition) => JsonSerializer.Serialize(definition, ModelJson.Options);

    private static Outcome<Cohort> NoSuchCohort(CohortId cohort) => Outcome<Cohort>.Refused("cohort", $"there is no cohort {cohort}");

    private static Problem NameTaken(string name) => new("name", $"'{name}' is taken by another cohort");
}
