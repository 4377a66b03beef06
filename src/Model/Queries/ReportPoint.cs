using System.Collections.Immutable;
using System.Text.Json.Serialization;
using NodaTime;

namespace Rondo.Model.Queries;

/// <summary>One point of one chart, and so a set of persons: those the number counts.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(InsightsPoint), "insights")]
[JsonDerivedType(typeof(FunnelPoint), "funnel")]
[JsonDerivedType(typeof(RetentionPoint), "retention")]
[JsonDerivedType(typeof(FrequencyPoint), "frequency")]
[JsonDerivedType(typeof(FlowPoint), "flow")]
[JsonDerivedType(typeof(FlowPathPoint), "flowPath")]
public abstract record ReportPoint;

/// <summary>Persons who did a metric's event.</summary>
/// <param name="Query">The report.</param>
/// <param name="Metric">Index of the metric.</param>
/// <param name="Segment">The segment, as the report shows it.</param>
/// <param name="Bucket">Start of the bucket; null for the whole range.</param>
public sealed record InsightsPoint(InsightsQuery Query, int Metric, Segment Segment, Instant? Bucket) : ReportPoint;

/// <summary>Which side of a funnel step.</summary>
public enum FunnelOutcome
{
    /// <summary>Reached the step.</summary>
    Converted = 1,

    /// <summary>Reached the nearest step before that is not optional, and not this one.</summary>
    DroppedOff = 2,
}

/// <summary>Persons at one step of a funnel. Of totals and sessions: those with at least one attempt (session) there.</summary>
/// <param name="Query">The report.</param>
/// <param name="Step">Index of the step, from 0; with <see cref="FunnelOutcome.DroppedOff"/> from 1.</param>
/// <param name="Outcome">Which side of it.</param>
/// <param name="Segment">The segment.</param>
public sealed record FunnelPoint(FunnelQuery Query, int Step, FunnelOutcome Outcome, Segment Segment) : ReportPoint
{
    /// <summary>Start of one interval of the trend; null for the whole range.</summary>
    public Instant? Interval { get; init; }

    /// <summary>Number of one bar of the time to convert, as in <see cref="FunnelTimes.Buckets"/>, whatever the step; null for all.</summary>
    public int? TimeBucket { get; init; }
}

/// <summary>Which side of a retention cell.</summary>
public enum RetentionOutcome
{
    /// <summary>Retained in the bucket.</summary>
    Retained = 1,

    /// <summary>Born, and not retained in the bucket. Over all rows: in none of the rows they were born in.</summary>
    NotRetained = 2,

    /// <summary>Born, whatever came later.</summary>
    Born = 3,
}

/// <summary>Persons of a retention cell.</summary>
/// <param name="Query">The report.</param>
/// <param name="Row">Start of the row; null for all rows whose cell is complete, as the average line is.</param>
/// <param name="Bucket">The bucket; ignored for <see cref="RetentionOutcome.Born"/> of a given row.</param>
/// <param name="Outcome">Which side of it.</param>
/// <param name="Segment">The segment.</param>
public sealed record RetentionPoint(RetentionQuery Query, Instant? Row, int Bucket, RetentionOutcome Outcome, Segment Segment) : ReportPoint;

/// <summary>Persons of one cell of a frequency table.</summary>
/// <param name="Query">The report.</param>
/// <param name="Row">Start of the period.</param>
/// <param name="Count">Active in at least (exactly, as the query says) so many hours or days; 1 or more.</param>
/// <param name="Segment">The segment.</param>
public sealed record FrequencyPoint(FrequencyQuery Query, Instant Row, int Count, Segment Segment) : ReportPoint;

/// <summary>Persons at a node of a flow, or on a link between two.</summary>
/// <param name="Query">The report.</param>
/// <param name="Node">The node, or the start of the link.</param>
/// <param name="To">The end of the link; null for the node.</param>
public sealed record FlowPoint(FlowQuery Query, FlowNodeKey Node, FlowNodeKey? To) : ReportPoint
{
    /// <summary>The segment. Default all together.</summary>
    public Segment Segment { get; init; }
}

/// <summary>Persons who took one whole path of a flow.</summary>
/// <param name="Query">The report.</param>
/// <param name="Nodes">The path, as the report lists it.</param>
public sealed record FlowPathPoint(FlowQuery Query, ImmutableArray<FlowNodeKey> Nodes) : ReportPoint
{
    /// <inheritdoc/>
    public bool Equals(FlowPathPoint? other) => other is not null && Query == other.Query && Nodes.SequenceEqual(other.Nodes);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Query, Nodes.Length);
}
