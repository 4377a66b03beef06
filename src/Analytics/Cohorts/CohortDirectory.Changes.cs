using Microsoft.EntityFrameworkCore;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Data;
using Rondo.Model;
using Rondo.Model.Cohorts;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Cohorts;

internal sealed partial class CohortDirectory
{
    public async Task<Outcome<Cohort>> CreateAsync(ProjectId project, string name, string description, CohortDefinition definition, CancellationToken cancellationToken)
    {
        using var turn = await gate.EnterAsync(project, cancellationToken);
        var context = await projects.ContextAsync(project, cancellationToken);
        var problems = CohortProblems.OfText(name, description).Concat(CohortProblems.OfDefinition(definition, context)).ToList();
        problems.AddRange(await ReferenceProblemsAsync(project, null, name, problems.Count == 0 ? definition : null, cancellationToken));
        if (problems.Count > 0)
        {
            return Outcome<Cohort>.Refused(problems);
        }

        var store = await stores.OpenAsync(project, cancellationToken);
        var members = await ComputeAsync(store, definition, PersonSet.Empty, context, cancellationToken);
        return await AddAsync(project, name, description, definition, members, context.Now, cancellationToken);
    }

    public async Task<Outcome<Cohort>> CreateStaticAsync(ProjectId project, string name, string origin, PersonSet members, CancellationToken cancellationToken)
    {
        using var turn = await gate.EnterAsync(project, cancellationToken);
        var context = await projects.ContextAsync(project, cancellationToken);
        var problems = CohortProblems.OfText(name, string.Empty).ToList();
        if (string.IsNullOrWhiteSpace(origin))
        {
            problems.Add(new Problem("origin", "must say where the people came from"));
        }

        problems.AddRange(await ReferenceProblemsAsync(project, null, name, null, cancellationToken));
        return problems.Count > 0
            ? Outcome<Cohort>.Refused(problems)
            : await AddAsync(project, name, string.Empty, new StaticCohort(origin), members, context.Now, cancellationToken);
    }

    public async Task<Outcome<Cohort>> ChangeAsync(ProjectId project, CohortId cohort, string name, string description, CohortDefinition? definition, CancellationToken cancellationToken)
    {
        using var turn = await gate.EnterAsync(project, cancellationToken);
        await using var rows = database.Open();
        if (await FindRowAsync(rows, project, cohort, cancellationToken) is not { } row)
        {
            return NoSuchCohort(cohort);
        }

        var context = await projects.ContextAsync(project, cancellationToken);
        var problems = CohortProblems.OfText(name, description).ToList();
        if (definition is not null)
        {
            problems.AddRange(DefinitionOf(row) is StaticCohort
                ? [new Problem("definition", "cannot be changed: the cohort is a fixed list")]
                : CohortProblems.OfDefinition(definition, context));
        }

        problems.AddRange(await ReferenceProblemsAsync(project, cohort, name, problems.Count == 0 ? definition : null, cancellationToken));
        if (problems.Count > 0)
        {
            return Outcome<Cohort>.Refused(problems);
        }

        (row.Name, row.Description) = (name, description);
        row.Definition = definition is null ? row.Definition : Write(definition);
        await rows.SaveChangesAsync(cancellationToken);
        if (definition is not null)
        {
            await RecomputeAsync(project, row, cancellationToken);
            mailbox.DefinitionsChanged(project);
        }

        return Outcome<Cohort>.Accepted((await FindAsync(project, cohort, cancellationToken))!);
    }

    public async Task<Outcome<Cohort>> ArchiveAsync(ProjectId project, CohortId cohort, bool isArchived, CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        if (await FindRowAsync(context, project, cohort, cancellationToken) is not { } row)
        {
            return NoSuchCohort(cohort);
        }

        row.IsArchived = isArchived;
        await context.SaveChangesAsync(cancellationToken);
        return Outcome<Cohort>.Accepted((await FindAsync(project, cohort, cancellationToken))!);
    }

    private async Task<Outcome<Cohort>> AddAsync(ProjectId project, string name, string description, CohortDefinition definition, PersonSet members, Instant computedAt, CancellationToken cancellationToken)
    {
        var row = new CohortRow
        {
            ProjectId = project.Value,
            Name = name,
            Description = description,
            Definition = Write(definition),
            IsArchived = false,
            CreatedAt = computedAt,
        };
        var id = await journal.AddAsync(row, members, computedAt, cancellationToken);
        mailbox.DefinitionsChanged(project);
        return Outcome<Cohort>.Accepted((await FindAsync(project, id, cancellationToken))!);
    }

    private async Task<List<Problem>> ReferenceProblemsAsync(ProjectId project, CohortId? changed, string name, CohortDefinition? definition, CancellationToken cancellationToken)
    {
        var others = (await ReadAsync(project, cancellationToken)).Where(cohort => cohort.Id != changed).ToList();
        var problems = new List<Problem>();
        if (others.Any(cohort => cohort.Name == name))
        {
            problems.Add(NameTaken(name));
        }

        if (definition is null)
        {
            return problems;
        }

        var references = CohortReferences.Of(definition);
        var definitions = others.ToDictionary(cohort => cohort.Id, cohort => cohort.Definition);
        problems.AddRange(references.Where(reference => reference != changed && !definitions.ContainsKey(reference))
            .Select(reference => new Problem("definition", $"names cohort {reference}, which does not exist")));
        if (changed is { } itself && CohortProblems.Leads(references, itself, definitions))
        {
            problems.Add(new Problem("definition", "would contain the cohort itself"));
        }

        return problems;
    }

    private static Task<CohortRow?> FindRowAsync(AnalyticsDbContext context, ProjectId project, CohortId cohort, CancellationToken cancellationToken) =>
        context.Cohorts.SingleOrDefaultAsync(row => row.Id == cohort.Value && row.ProjectId == project.Value, cancellationToken);
}
