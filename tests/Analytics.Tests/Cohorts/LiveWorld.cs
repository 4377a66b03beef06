using Microsoft.Extensions.Hosting;
using NodaTime;
using Rondo.Analytics.Cohorts.Live;
using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Stores;
using Shouldly;

namespace Rondo.Analytics.Tests.Cohorts;

/// <summary>A world whose cohorts are kept live, and which can be asked once they have caught up.</summary>
internal sealed class LiveWorld(World world) : IAsyncDisposable
{
    private static int _lastCohort;
    private IReadOnlyList<IHostedService> _hosted = [];

    public World World => world;

    public ProjectId Project => world.Project;

    public static async Task<LiveWorld> CreateAsync(Func<AnalyticsOptions, AnalyticsOptions>? change = null)
    {
        var live = new LiveWorld(await World.CreateAsync(options => (change ?? (same => same))(options with { CohortInterval = TimeSpan.Zero })));
        await live.StartAsync();
        return live;
    }

    public async Task StartAsync() => _hosted = await world.StartAsync();

    public Task StopAsync() => World.StopAsync(_hosted);

    public Task AddAsync(params TrackedEvent[] events) => world.AddAsync(events);

    public Task<CohortId> MakeAsync(Predicate where) => MakeAsync(new FilterCohort(where));

    public async Task<CohortId> MakeAsync(CohortDefinition definition)
    {
        var made = await world.Cohorts.CreateAsync(Project, $"Cohort {Interlocked.Increment(ref _lastCohort)}", "", definition, default);
        return made.IsAccepted ? made.Value.Id : throw new InvalidOperationException(string.Join(", ", made.Problems));
    }

    public Task CaughtUpAsync() => world.Get<LiveMailbox>().CaughtUpAsync(Project).WaitAsync(TimeSpan.FromSeconds(30));

    public async Task MoveToAsync(Instant moment)
    {
        await CaughtUpAsync();
        world.Clock.SetUtcNow(moment.ToDateTimeOffset());
    }

    /// <summary>The members' ids, once everything that happened has been seen to.</summary>
    public async Task<IReadOnlyList<string>> MembersAsync(CohortId cohort)
    {
        await CaughtUpAsync();
        return await world.IdsAsync(world.Cohorts.MembersOf(Project, cohort));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await world.DisposeAsync();
    }
}
