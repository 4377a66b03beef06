using NodaTime;
using Rondo.Model.Cohorts;
using Rondo.Model.Lexicon;
using Rondo.Model.Stores;
using Rondo.Model.Time;

namespace Rondo.Model.Queries;

/// <summary>What a question is asked in: the project's calendar, the present, and the cohorts as they are now.</summary>
public sealed record QueryContext
{
    /// <summary>The project's days and weeks.</summary>
    public required ProjectCalendar Calendar { get; init; }

    /// <summary>The present, against which "last 30 days" and completeness are measured.</summary>
    public required Instant Now { get; init; }

    /// <summary>What a session is.</summary>
    public SessionDefinition Sessions { get; init; } = SessionDefinition.Default;

    /// <summary>What the project has named: custom events.</summary>
    public ProjectLexicon Lexicon { get; init; } = ProjectLexicon.Empty;

    /// <summary>What a cohort is, for asking how it was; null for an unknown one.</summary>
    public Func<CohortId, CohortDefinition?> CohortDefinition { get; init; } = _ => null;

    /// <summary>Looks only at events before this moment, as if the others had not happened yet; null for all.</summary>
    public Instant? EventsBefore { get; init; }

    /// <summary>Members of a cohort that a filter names; an unknown cohort has none.</summary>
    public Func<CohortId, PersonSet> CohortMembers { get; init; } = _ => PersonSet.Empty;
}
