using NodaTime;
using Rondo.Analytics.Contracts;

namespace Rondo.Analytics.Ingestion;

/// <summary>One event on its way through the steps: what was sent, and what has been found out about it so far.</summary>
/// <remarks>One instance serves a whole request; <see cref="Begin"/> makes it ready for the next event.</remarks>
internal sealed class Candidate(Project? requestProject, IntakeRules rules, IngestionLimits limits, Instant now)
{
    /// <summary>The project the request was authenticated for; null when events name theirs.</summary>
    public Project? RequestProject { get; } = requestProject;

    public IntakeRules Rules { get; } = rules;

    public IngestionLimits Limits { get; } = limits;

    public Instant Now { get; } = now;

    public SubmittedEvent Event { get; private set; } = null!;

    /// <summary>Known after authentication.</summary>
    public Project? Project { get; set; }

    /// <summary>Known after the time was settled.</summary>
    public Instant Time { get; set; }

    public void Begin(SubmittedEvent submitted)
    {
        Event = submitted;
        Project = null;
        Time = default;
    }
}
