using NodaTime;
using Rondo.Engagement.Contracts;

namespace Rondo.Engagement.Data;

/// <summary>A campaign as stored.</summary>
internal sealed class CampaignRow
{
    public int Id { get; set; }

    public int Project { get; set; }

    public required string Name { get; set; }

    /// <summary>What message events carry as campaign_id: the number, or the id it had where it ran before.</summary>
    public required string ApiId { get; set; }

    /// <summary>The plan as JSON.</summary>
    public required string Plan { get; set; }

    public CampaignState State { get; set; }

    public Instant CreatedAt { get; set; }

    public Instant? LaunchedAt { get; set; }

    /// <summary>When it is to be sent; null for drafts and triggered campaigns.</summary>
    public Instant? DueAt { get; set; }

    /// <summary>When its audience was written into the ledger; null until then.</summary>
    public Instant? EnrolledAt { get; set; }

    public Instant? FinishedAt { get; set; }

    /// <summary>The log position at launch: only events after it can start the campaign or count as conversions.</summary>
    public long LaunchPosition { get; set; }

    public bool IsArchived { get; set; }

    /// <summary>Ran elsewhere or earlier; only its message events are here.</summary>
    public bool IsPast { get; set; }
}
