using NodaTime;
using Rondo.Model;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Contracts;

/// <summary>An answer and how fresh it is.</summary>
/// <param name="Result">The answer.</param>
/// <param name="ComputedAt">When it was computed.</param>
/// <param name="Position">The last batch it saw.</param>
/// <param name="Elapsed">How long the store worked.</param>
/// <param name="Words">The question in words (English), as shown above the chart.</param>
public sealed record Answer<T>(T Result, Instant ComputedAt, LogPosition Position, Duration Elapsed, string Words);

/// <summary>The four reports. A question with problems is refused with all of them.</summary>
public interface IReports
{
    /// <summary>How many, over time.</summary>
    Task<Outcome<Answer<InsightsResult>>> InsightsAsync(ProjectId project, InsightsQuery query, CancellationToken cancellationToken);

    /// <summary>How many get through.</summary>
    Task<Outcome<Answer<FunnelResult>>> FunnelAsync(ProjectId project, FunnelQuery query, CancellationToken cancellationToken);

    /// <summary>Who comes back.</summary>
    Task<Outcome<Answer<RetentionResult>>> RetentionAsync(ProjectId project, RetentionQuery query, CancellationToken cancellationToken);

    /// <summary>On how many hours or days of each period people were active.</summary>
    Task<Outcome<Answer<FrequencyResult>>> FrequencyAsync(ProjectId project, FrequencyQuery query, CancellationToken cancellationToken);

    /// <summary>What they do next.</summary>
    Task<Outcome<Answer<FlowResult>>> FlowAsync(ProjectId project, FlowQuery query, CancellationToken cancellationToken);

    /// <summary>The people behind one point.</summary>
    Task<Outcome<Answer<PersonSet>>> PeopleAtAsync(ProjectId project, ReportPoint point, CancellationToken cancellationToken);
}
