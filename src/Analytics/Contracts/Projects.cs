using NodaTime;
using Rondo.Model;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;

namespace Rondo.Analytics.Contracts;

/// <summary>A tenant: its own events, people, cohorts and campaigns.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">Shown everywhere; unique.</param>
/// <param name="Token">Public key that client SDKs send; 32 hex digits unless chosen.</param>
/// <param name="Calendar">Where its days and weeks begin.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record Project(ProjectId Id, string Name, string Token, ProjectCalendar Calendar, Instant CreatedAt)
{
    /// <summary>What a session is where a question does not say it itself. Default 30 minutes of silence.</summary>
    public SessionDefinition Sessions { get; init; } = SessionDefinition.Default;
}

/// <summary>What a new project may be given; what is null is generated (token, keys) or defaulted (UTC).</summary>
public sealed record NewProject(string Name, string? Token = null, string? Secret = null, string? RestKey = null, string? TimeZone = null);

/// <summary>A project with its keys in clear: shown once, when they are made. Only hashes are stored.</summary>
/// <param name="Project">The project.</param>
/// <param name="Secret">For /import and the query API (HTTP Basic user name).</param>
/// <param name="RestKey">For our own API and Braze's REST dialect (bearer).</param>
public sealed record ProjectWithKeys(Project Project, string Secret, string RestKey);

/// <summary>The projects of this server and who may speak for them.</summary>
public interface IProjects
{
    /// <summary>All projects by name.</summary>
    Task<IReadOnlyList<Project>> ListAsync(CancellationToken cancellationToken);

    /// <summary>One project; null when there is none.</summary>
    Task<Project?> FindAsync(ProjectId project, CancellationToken cancellationToken);

    /// <summary>The project with this public token; null when there is none. Answered from memory.</summary>
    ValueTask<Project?> FindByTokenAsync(string token, CancellationToken cancellationToken);

    /// <summary>The project this secret opens; null when none.</summary>
    ValueTask<Project?> FindBySecretAsync(string secret, CancellationToken cancellationToken);

    /// <summary>The project this REST key opens; null when none.</summary>
    ValueTask<Project?> FindByRestKeyAsync(string restKey, CancellationToken cancellationToken);

    /// <summary>Makes a project. Refused when the name or token is taken or malformed, or the time zone unknown.</summary>
    Task<Outcome<ProjectWithKeys>> CreateAsync(NewProject project, CancellationToken cancellationToken);

    /// <summary>Changes name, time zone (IANA id) and first day of the week.</summary>
    Task<Outcome<Project>> ChangeAsync(ProjectId project, string name, string timeZone, IsoDayOfWeek weekStart, CancellationToken cancellationToken);

    /// <summary>Says what a session is (null: the usual 30 minutes of silence), for every question asked from now on, of the past too.</summary>
    Task<Outcome<Project>> ChangeSessionsAsync(ProjectId project, SessionDefinition? sessions, CancellationToken cancellationToken);

    /// <summary>Replaces secret and REST key; the old ones stop working at once.</summary>
    Task<Outcome<ProjectWithKeys>> ReplaceKeysAsync(ProjectId project, CancellationToken cancellationToken);

    /// <summary>What questions of this project are asked in, as of now: calendar, sessions, cohort members.</summary>
    Task<QueryContext> ContextAsync(ProjectId project, CancellationToken cancellationToken);
}
