namespace Rondo.Model.Queries;

/// <summary>Every bound of a question, shown where it applies and enforced by the checks. The limit shown is the limit enforced.</summary>
public static class QueryLimits
{
    /// <summary>Events side by side in one Insights report.</summary>
    public const int MaximumMetrics = 40;

    /// <summary>Fewest steps of a funnel.</summary>
    public const int MinimumSteps = 2;

    /// <summary>Most steps of a funnel.</summary>
    public const int MaximumSteps = 20;

    /// <summary>Most exclusions of one funnel.</summary>
    public const int MaximumExclusions = 10;

    /// <summary>Most properties held constant.</summary>
    public const int MaximumHeldProperties = 3;

    /// <summary>Properties to break a report down by.</summary>
    public const int MaximumBreakdowns = 4;

    /// <summary>Cohorts in one breakdown.</summary>
    public const int MaximumBreakdownCohorts = 10;

    /// <summary>Breakpoints of varied buckets.</summary>
    public const int MaximumBreakpoints = 10;

    /// <summary>Even buckets of one breakdown.</summary>
    public const int MaximumEvenBuckets = 1000;

    /// <summary>Named groups of texts in one breakdown.</summary>
    public const int MaximumTextGroups = 50;

    /// <summary>Events joined in one selector or custom event.</summary>
    public const int MaximumJoinedEvents = 25;

    /// <summary>Segments shown when the query names no number.</summary>
    public const int DefaultSegments = 12;

    /// <summary>Most segments of a funnel or a retention report.</summary>
    public const int MaximumSegments = 200;

    /// <summary>Most segments of one metric of an Insights report.</summary>
    public const int MaximumInsightsSegments = 3000;

    /// <summary>Most buckets of a rolling average.</summary>
    public const int MaximumRolling = 366;

    /// <summary>Most buckets on a time axis.</summary>
    public const int MaximumBuckets = 1500;

    /// <summary>Most columns of a retention table, the first included.</summary>
    public const int MaximumRetentionBuckets = 60;

    /// <summary>Most units that the custom brackets of a retention table span.</summary>
    public const int MaximumBracketUnits = 730;

    /// <summary>Most steps on either side of a flow's anchor.</summary>
    public const int MaximumFlowSteps = 5;

    /// <summary>Most anchors of a flow.</summary>
    public const int MaximumFlowAnchors = 5;

    /// <summary>Most events of a flow that are a node per value.</summary>
    public const int MaximumFlowExpansions = 5;

    /// <summary>Most custom events of a flow that stand for their members.</summary>
    public const int MaximumFlowCustomEvents = 10;

    /// <summary>Most whole paths listed beside a flow.</summary>
    public const int MaximumFlowPaths = 50;

    /// <summary>Most named events in one column of a flow.</summary>
    public const int MaximumFlowEvents = 50;

    /// <summary>Longest conversion window, in days.</summary>
    public const int MaximumWindowDays = 366;

    /// <summary>Longest conversion window, in sessions.</summary>
    public const int MaximumWindowSessions = 12;
}
