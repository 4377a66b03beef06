using Microsoft.EntityFrameworkCore;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Data;
using Rondo.Model.Lexicon;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Segments;

/// <summary>What segments and campaigns name of the lexicon.</summary>
internal sealed class EngagementDefinitionUser(EngagementDatabase database) : IDefinitionUser
{
    public async Task<IReadOnlyList<(DefinitionUse Use, LexiconReferences References)>> ReferencesAsync(ProjectId project, CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        var segments = await context.Segments.AsNoTracking().Where(row => row.Project == project.Value).Select(row => new { row.Name, row.Where }).ToListAsync(cancellationToken);
        var campaigns = await context.Campaigns.AsNoTracking().Where(row => row.Project == project.Value).Select(row => new { row.Name, row.Plan }).ToListAsync(cancellationToken);
        return
        [
            .. segments.Select(segment => (new DefinitionUse("segment", segment.Name), LexiconReferences.OfJson(segment.Where))),
            .. campaigns.Select(campaign => (new DefinitionUse("campaign", campaign.Name), LexiconReferences.OfJson(campaign.Plan))),
        ];
    }
}
