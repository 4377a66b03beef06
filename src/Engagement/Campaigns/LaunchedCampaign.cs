using System.Globalization;
using System.Text.Json;
using NodaTime;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Data;
using Rondo.Model;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Campaigns;

/// <summary>A campaign whose plan can no longer change.</summary>
internal sealed record LaunchedCampaign(int Id, ProjectId Project, string ApiId, CampaignPlan Plan, LogPosition LaunchPosition, Instant? FinishedAt)
{
    /// <summary>How the control group is named in results and events.</summary>
    public const string ControlName = "Control";

    /// <summary>The campaign of a row.</summary>
    public static LaunchedCampaign Of(CampaignRow row) =>
        new(row.Id, new ProjectId(row.Project), row.ApiId, ReadPlan(row.Plan), new LogPosition(row.LaunchPosition), row.FinishedAt);

    /// <summary>A plan as it is stored.</summary>
    public static CampaignPlan ReadPlan(string json) =>
        JsonSerializer.Deserialize<CampaignPlan>(json, ModelJson.Options) ?? throw new InvalidOperationException("A stored plan is never null.");

    public string NameOf(int arm) => arm == StickySplit.Control ? ControlName : Plan.Variants[arm].Name;

    /// <summary>What message events carry as message_variation_id.</summary>
    public string VariationIdOf(int arm) => arm == StickySplit.Control ? $"{ApiId}-control" : string.Create(CultureInfo.InvariantCulture, $"{ApiId}-{arm + 1}");
}
