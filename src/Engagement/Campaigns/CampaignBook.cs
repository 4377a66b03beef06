using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Data;

namespace Rondo.Engagement.Campaigns;

/// <summary>Launched campaigns by their number, read once: their plans do not change any more.</summary>
internal sealed class CampaignBook(EngagementDatabase database)
{
    private readonly ConcurrentDictionary<int, LaunchedCampaign> _campaigns = [];

    /// <summary>A campaign that was launched; its end may have come since it was read.</summary>
    public async ValueTask<LaunchedCampaign> FindAsync(int campaign, CancellationToken cancellationToken)
    {
        if (_campaigns.TryGetValue(campaign, out var known))
        {
            return known;
        }

        await using var data = database.Open();
        var row = await data.Campaigns.AsNoTracking().SingleAsync(row => row.Id == campaign, cancellationToken);
        return row.State == CampaignState.Draft
            ? throw new InvalidOperationException("A draft has no sends.")
            : _campaigns.GetOrAdd(campaign, LaunchedCampaign.Of(row));
    }
}
