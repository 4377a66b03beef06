using Microsoft.EntityFrameworkCore;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Data;
using Rondo.Model.Lexicon;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Lexicon;

/// <summary>What cohorts, custom events, custom properties and a project's sessions name.</summary>
internal sealed class AnalyticsDefinitionUser(AnalyticsDatabase database) : IDefinitionUser
{
    public async Task<IReadOnlyList<(DefinitionUse Use, LexiconReferences References)>> ReferencesAsync(ProjectId project, CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        var cohorts = await context.Cohorts.AsNoTracking().Where(row => row.ProjectId == project.Value).Select(row => new { row.Name, row.Definition }).ToListAsync(cancellationToken);
        var definitions = await context.Definitions.AsNoTracking().Where(row => row.ProjectId == project.Value && row.Kind <= DefinitionKind.CustomProperty).ToListAsync(cancellationToken);
        var sessions = await context.Projects.AsNoTracking().Where(row => row.Id == project.Value).Select(row => row.Sessions).SingleAsync(cancellationToken);
        return
        [
            .. cohorts.Select(cohort => (new DefinitionUse("cohort", cohort.Name), LexiconReferences.OfJson(cohort.Definition))),
            .. definitions.Select(row => row.Kind == DefinitionKind.CustomEvent
                ? (new DefinitionUse("customEvent", row.Name), LexiconReferences.OfJson(row.Definition))
                : (new DefinitionUse("customProperty", row.Name), LexiconReferences.OfExpression(row.Definition))),
            .. sessions is null ? [] : new[] { (new DefinitionUse("sessions", string.Empty), LexiconReferences.OfJson(sessions)) },
        ];
    }
}
