namespace Rondo.Engagement.Campaigns;

/// <summary>Bounds of a campaign plan (Braze reference, 4.1, 4.2, 4.5). The limit shown is the limit enforced.</summary>
internal static class PlanLimits
{
    public const int MaximumNameLength = 120;

    public const int MaximumVariants = 8;

    public const int MaximumControlPercent = 50;

    public const int MinimumGoalWindowMinutes = 5;

    public const int MaximumGoalWindowDays = 30;

    public const int MaximumDelayDays = 30;

    public const int MaximumReEligibilityDays = 720;
}
