using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Engine;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Profiles;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Tests;

/// <summary>The analytics half over the real engine, in a folder of its own, at noon of 10 March 2026.</summary>
internal sealed class World : IAsyncDisposable
{
    public static readonly Instant Noon = Instant.FromUtc(2026, 3, 10, 12, 0);

    private readonly Func<AnalyticsOptions, AnalyticsOptions> _change;
    private readonly string _directory = Directory.CreateTempSubdirectory("rondo-test-").FullName;
    private ServiceProvider _services = null!;

    private World(Func<AnalyticsOptions, AnalyticsOptions> change) => _change = change;

    public FakeTimeProvider Clock { get; } = new(Noon.ToDateTimeOffset());

    public ProjectId Project { get; private set; }

    public string Token { get; private set; } = string.Empty;

    public IProjects Projects => Get<IProjects>();

    public IIntake Intake => Get<IIntake>();

    public IIngestion Ingestion => Get<IIngestion>();

    public ICohorts Cohorts => Get<ICohorts>();

    public IMemberships Memberships => Get<IMemberships>();

    public IPeople People => Get<IPeople>();

    public static async Task<World> CreateAsync(Func<AnalyticsOptions, AnalyticsOptions>? change = null)
    {
        var world = new World(change ?? (options => options));
        world.Open();
        var made = await world.Projects.CreateAsync(new NewProject("Music"), default);
        (world.Project, world.Token) = (made.Value!.Project.Id, made.Value.Project.Token);
        return world;
    }

    public string Folder => _directory;

    public IEnumerable<T> All<T>()
        where T : notnull => _services.GetServices<T>();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Stops everything and starts it again on the same folder.</summary>
    public async Task RestartAsync()
    {
        await _services.DisposeAsync();
        Open();
    }

    public async Task<IReadOnlyList<IHostedService>> StartAsync()
    {
        var hosted = _services.GetServices<IHostedService>().ToList();
        foreach (var service in hosted)
        {
            await service.StartAsync(default);
        }

        return hosted;
    }

    public static async Task StopAsync(IReadOnlyList<IHostedService> hosted)
    {
        foreach (var service in hosted)
        {
            await service.StopAsync(default);
        }
    }

    public Task<IntakeReport> TrackAsync(params SubmittedEvent[] events) => Intake.AcceptEventsAsync(null, events, IntakeRules.Track, default);

    public async Task AddAsync(params TrackedEvent[] events) => await Ingestion.AcceptAsync(Project, events, [], default);

    public async Task SetAsync(string person, params Property[] properties) =>
        await Ingestion.AcceptAsync(Project, [], [new ProfileUpdate { DistinctId = person, Operator = ProfileOperator.Set, Properties = properties, Time = Noon }], default);

    public SubmittedEvent Sent(string? name, string? distinctId, params Property[] properties) => new() { Token = Token, Name = name, DistinctId = distinctId, Properties = [.. properties] };

    public static TrackedEvent Event(string name, string person, Instant? time = null, params Property[] properties) =>
        new() { Name = name, DistinctId = person, Time = time ?? Noon - Duration.FromHours(1), Properties = properties };

    public static Property P(string name, string value) => new(name, PropertyValue.Of(value));

    public static Property P(string name, double value) => new(name, PropertyValue.Of(value));

    public static Predicate Did(string name, int atLeast = 1) => new DidPredicate(new EventSelector(name), CountComparison.AtLeast, atLeast, null);

    public static Predicate Is(string property, string value) => new PropertyPredicate(PropertySource.User, property, PropertyOperator.Equals, [PropertyValue.Of(value)]);

    /// <summary>The ids of a set, in alphabetical order.</summary>
    public async Task<IReadOnlyList<string>> IdsAsync(IEnumerable<PersonNumber> people) =>
        [.. (await Get<IEventStores>().OpenAsync(Project, default)).DistinctIdsOf(people).Order(StringComparer.Ordinal)];

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private void Open()
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Error));
        services.AddMetrics();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<IEventStores>(provider => new EngineStores(Path.Combine(_directory, "events"), new EngineOptions(), Clock, provider.GetRequiredService<ILoggerFactory>()));
        services.AddRondoAnalytics(_change(new AnalyticsOptions { Directory = _directory }));
        _services = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true });
    }
}
