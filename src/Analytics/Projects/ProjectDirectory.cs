using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Rondo.Analytics.Cohorts;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Data;
using Rondo.Analytics.Lexicon;
using Rondo.Model;
using Rondo.Model.Cohorts;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;

namespace Rondo.Analytics.Projects;

/// <summary>All projects, held in memory for every request's look-up and changed one at a time.</summary>
internal sealed class ProjectDirectory(AnalyticsDatabase database, CohortMemberships memberships, DefinitionDirectory definitions, IEventStores stores, TimeProvider timeProvider) : IProjects, IDisposable
{
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly Lock _loading = new();
    private volatile Index? _index;

    public Task<IReadOnlyList<Project>> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Project>>([.. Current.ById.Values.Select(known => known.Project).OrderBy(project => project.Name, StringComparer.Ordinal)]);

    public Task<Project?> FindAsync(ProjectId project, CancellationToken cancellationToken) =>
        Task.FromResult(Current.ById.GetValueOrDefault(project)?.Project);

    public ValueTask<Project?> FindByTokenAsync(string token, CancellationToken cancellationToken) => ValueTask.FromResult(FindByToken(token));

    public ValueTask<Project?> FindBySecretAsync(string secret, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Current.BySecretHash.GetValueOrDefault(KeyHash.TextOf(secret))?.Project);

    public ValueTask<Project?> FindByRestKeyAsync(string restKey, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Current.ByRestKeyHash.GetValueOrDefault(KeyHash.TextOf(restKey))?.Project);

    public Project? FindByToken(string token) => Current.ByToken.GetValueOrDefault(token)?.Project;

    /// <summary>Empty when no project has the token.</summary>
    public byte[] AddressSaltOf(string token) => Current.ByToken.GetValueOrDefault(token)?.AddressSalt ?? [];

    public async Task<Outcome<ProjectWithKeys>> CreateAsync(NewProject project, CancellationToken cancellationToken)
    {
        var problems = NewProjectProblems.Of(project).ToList();
        if (problems.Count > 0)
        {
            return Outcome<ProjectWithKeys>.Refused(problems);
        }

        var token = project.Token ?? KeyHash.NewToken();
        var secret = project.Secret ?? KeyHash.NewToken();
        var restKey = project.RestKey ?? KeyHash.NewToken();
        await _changing.WaitAsync(cancellationToken);
        try
        {
            problems.AddRange(TakenBy(project.Name, token, secret, restKey));
            if (problems.Count > 0)
            {
                return Outcome<ProjectWithKeys>.Refused(problems);
            }

            await using var context = database.Open();
            var row = new ProjectRow
            {
                Name = project.Name,
                Token = token,
                SecretHash = KeyHash.Of(secret),
                RestKeyHash = KeyHash.Of(restKey),
                TimeZone = project.TimeZone ?? "UTC",
                WeekStart = IsoDayOfWeek.Monday,
                AddressSalt = KeyHash.NewSalt(),
                CreatedAt = timeProvider.GetCurrentInstant(),
            };
            await AddUnderFreeIdAsync(context, row, cancellationToken);
            Reload();
            return Outcome<ProjectWithKeys>.Accepted(new ProjectWithKeys(Known.Of(row).Project, secret, restKey));
        }
        finally
        {
            _changing.Release();
        }
    }

    public async Task<Outcome<Project>> ChangeAsync(ProjectId project, string name, string timeZone, IsoDayOfWeek weekStart, CancellationToken cancellationToken)
    {
        var problems = NewProjectProblems.OfName(name).Concat(NewProjectProblems.OfTimeZone(timeZone)).ToList();
        if (weekStart is < IsoDayOfWeek.Monday or > IsoDayOfWeek.Sunday)
        {
            problems.Add(new Problem("weekStart", "must be monday to sunday"));
        }

        if (problems.Count > 0)
        {
            return Outcome<Project>.Refused(problems);
        }

        await _changing.WaitAsync(cancellationToken);
        try
        {
            if (Current.ById.Values.Any(known => known.Project.Name == name && known.Project.Id != project))
            {
                return Outcome<Project>.Refused("name", $"'{name}' is taken by another project");
            }

            await using var context = database.Open();
            if (await context.Projects.SingleOrDefaultAsync(row => row.Id == project.Value, cancellationToken) is not { } found)
            {
                return Outcome<Project>.Refused("project", $"there is no project {project}");
            }

            (found.Name, found.TimeZone, found.WeekStart) = (name, timeZone, weekStart);
            await context.SaveChangesAsync(cancellationToken);
            Reload();
            return Outcome<Project>.Accepted(Known.Of(found).Project);
        }
        finally
        {
            _changing.Release();
        }
    }

    public async Task<Outcome<Project>> ChangeSessionsAsync(ProjectId project, SessionDefinition? sessions, CancellationToken cancellationToken)
    {
        if (!Current.ById.ContainsKey(project))
        {
            return Outcome<Project>.Refused("project", $"there is no project {project}");
        }

        var problems = SessionProblems.Of(sessions, "sessions", await ContextAsync(project, cancellationToken)).ToList();
        if (problems.Count > 0)
        {
            return Outcome<Project>.Refused(problems);
        }

        await _changing.WaitAsync(cancellationToken);
        try
        {
            await using var context = database.Open();
            var found = await context.Projects.SingleAsync(row => row.Id == project.Value, cancellationToken);
            found.Sessions = sessions is null ? null : JsonSerializer.Serialize(sessions, ModelJson.Options);
            await context.SaveChangesAsync(cancellationToken);
            Reload();
            return Outcome<Project>.Accepted(Known.Of(found).Project);
        }
        finally
        {
            _changing.Release();
        }
    }

    public async Task<Outcome<ProjectWithKeys>> ReplaceKeysAsync(ProjectId project, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            await using var context = database.Open();
            if (await context.Projects.SingleOrDefaultAsync(row => row.Id == project.Value, cancellationToken) is not { } found)
            {
                return Outcome<ProjectWithKeys>.Refused("project", $"there is no project {project}");
            }

            var (secret, restKey) = (KeyHash.NewToken(), KeyHash.NewToken());
            (found.SecretHash, found.RestKeyHash) = (KeyHash.Of(secret), KeyHash.Of(restKey));
            await context.SaveChangesAsync(cancellationToken);
            Reload();
            return Outcome<ProjectWithKeys>.Accepted(new ProjectWithKeys(Known.Of(found).Project, secret, restKey));
        }
        finally
        {
            _changing.Release();
        }
    }

    public async Task<QueryContext> ContextAsync(ProjectId project, CancellationToken cancellationToken)
    {
        if (!Current.ById.TryGetValue(project, out var known))
        {
            throw new InvalidOperationException($"There is no project {project}.");
        }

        // Each cohort is looked at once for the whole question: one that changes meanwhile must not split an answer.
        var cohorts = memberships.Of(project);
        var members = new ConcurrentDictionary<CohortId, PersonSet>();
        var cohortDefinitions = new Lazy<Dictionary<CohortId, CohortDefinition>>(() => CohortDefinitionsOf(project));
        return new QueryContext
        {
            Calendar = known.Project.Calendar,
            Now = timeProvider.GetCurrentInstant(),
            Sessions = known.Project.Sessions,
            Lexicon = await definitions.LexiconOfAsync(project, cancellationToken),
            CohortMembers = cohort => members.GetOrAdd(cohort, asked => cohorts.TryGetValue(asked, out var table) ? table.Snapshot().Members : PersonSet.Empty),
            CohortDefinition = cohort => cohortDefinitions.Value.GetValueOrDefault(cohort),
        };
    }

    public void Dispose() => _changing.Dispose();

    private Index Current
    {
        get
        {
            if (_index is { } loaded)
            {
                return loaded;
            }

            lock (_loading)
            {
                return _index ??= Load();
            }
        }
    }

    /// <summary>Only questions about a cohort's past need them.</summary>
    private Dictionary<CohortId, CohortDefinition> CohortDefinitionsOf(ProjectId project)
    {
        using var context = database.Open();
        return context.Cohorts.AsNoTracking().Where(row => row.ProjectId == project.Value).ToList()
            .ToDictionary(row => new CohortId(row.Id), CohortDirectory.DefinitionOf);
    }

    private void Reload()
    {
        lock (_loading)
        {
            _index = Load();
        }
    }

    /// <summary>
    /// Where analytics.db was lost or put back alone, folders of earlier projects remain: whoever got the number of one would
    /// see another project's people.
    /// </summary>
    private async Task AddUnderFreeIdAsync(AnalyticsDbContext context, ProjectRow row, CancellationToken cancellationToken)
    {
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        context.Projects.Add(row);
        await context.SaveChangesAsync(cancellationToken);
        while (stores.Exists(new ProjectId(row.Id)))
        {
            // A number that was given once is not given again.
            context.Projects.Remove(row);
            await context.SaveChangesAsync(cancellationToken);
            row.Id = 0;
            context.Projects.Add(row);
            await context.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private IEnumerable<Problem> TakenBy(string name, string token, string secret, string restKey)
    {
        var current = Current;
        if (current.ById.Values.Any(known => known.Project.Name == name))
        {
            yield return new Problem("name", $"'{name}' is taken by another project");
        }

        if (current.ByToken.ContainsKey(token))
        {
            yield return new Problem("token", "is taken by another project");
        }

        if (current.BySecretHash.ContainsKey(KeyHash.TextOf(secret)))
        {
            yield return new Problem("secret", "cannot be used: choose another one");
        }

        if (current.ByRestKeyHash.ContainsKey(KeyHash.TextOf(restKey)))
        {
            yield return new Problem("restKey", "cannot be used: choose another one");
        }
    }

    private Index Load()
    {
        using var context = database.Open();
        var rows = context.Projects.AsNoTracking().ToList();
        return new Index(
            rows.ToFrozenDictionary(row => new ProjectId(row.Id), Known.Of),
            rows.ToFrozenDictionary(row => row.Token, Known.Of, StringComparer.Ordinal),
            rows.ToFrozenDictionary(row => Convert.ToHexString(row.SecretHash), Known.Of, StringComparer.Ordinal),
            rows.ToFrozenDictionary(row => Convert.ToHexString(row.RestKeyHash), Known.Of, StringComparer.Ordinal));
    }

    private sealed record Known(Project Project, byte[] AddressSalt)
    {
        public static Known Of(ProjectRow row) => new(
            new Project(
                new ProjectId(row.Id),
                row.Name,
                row.Token,
                new ProjectCalendar(DateTimeZoneProviders.Tzdb[row.TimeZone], row.WeekStart),
                row.CreatedAt)
            {
                Sessions = row.Sessions is null ? SessionDefinition.Default : JsonSerializer.Deserialize<SessionDefinition>(row.Sessions, ModelJson.Options)!,
            },
            row.AddressSalt);
    }

    private sealed record Index(
        FrozenDictionary<ProjectId, Known> ById,
        FrozenDictionary<string, Known> ByToken,
        FrozenDictionary<string, Known> BySecretHash,
        FrozenDictionary<string, Known> ByRestKeyHash);
}
