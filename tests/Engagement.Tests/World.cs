using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NodaTime;
using Rondo.Analytics;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Campaigns;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Conversions;
using Rondo.Engagement.Delivery;
using Rondo.Engine;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Profiles;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Tests;

/// <summary>A server's insides on a temporary folder: the real engine, the real analytics, a clock that the test moves.</summary>
internal sealed class World : IAsyncDisposable
{
    private readonly bool _ownsDirectory;
    private readonly List<IHostedService> _running = [];

    private World(string directory, bool ownsDirectory, TimeProvider time, IServiceProvider services, Project project)
    {
        Directory = directory;
        _ownsDirectory = ownsDirectory;
        Time = time;
        Services = services;
        Project = project;
    }

    public string Directory { get; }

    public TimeProvider Time { get; }

    public IServiceProvider Services { get; }

    public Project Project { get; }

    public ProjectId Id => Project.Id;

    public ICampaigns Campaigns => Get<ICampaigns>();

    public FakeTimeProvider Clock => (FakeTimeProvider)Time;

    public Instant Now => Instant.FromDateTimeOffset(Time.GetUtcNow());

    public static Predicate Everyone { get; } = new AllPredicate([]);

    private static CancellationToken Token => TestContext.Current?.CancellationToken ?? CancellationToken.None;

    public static async Task<World> OpenAsync(TimeProvider? time = null, string? directory = null, Func<EngagementOptions, EngagementOptions>? configure = null, bool usesSandbox = true)
    {
        var isNew = directory is null;
        directory ??= System.IO.Directory.CreateTempSubdirectory("rondo-engagement-").FullName;
        time ??= new FakeTimeProvider(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));
        var options = new EngagementOptions
        {
            DataDirectory = directory,
            PublicUrl = new Uri("http://rondo.test"),
            SandboxLatency = TimeSpan.Zero,
        };
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMetrics();
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        Register(services, directory, time, configure?.Invoke(options) ?? options);
        var provider = services.BuildServiceProvider();
        var projects = provider.GetRequiredService<IProjects>();
        var project = await projects.ListAsync(Token) is [var existing, ..]
            ? existing
            : (await projects.CreateAsync(new NewProject("Music Finder"), Token)).Value!.Project;
        if (usesSandbox)
        {
            await provider.GetRequiredService<IChannelSettings>().ChangeAsync(project.Id, new ChannelSettings(Provider.Sandbox, Provider.Sandbox, null, null), Token);
        }

        return new World(directory, isNew, time, provider, project);
    }

    /// <summary>The parts of a server, as its composition root puts them together.</summary>
    public static void Register(IServiceCollection services, string directory, TimeProvider time, EngagementOptions options)
    {
        services.AddSingleton(time);
        services.AddSingleton<IEventStores>(provider => new EngineStores(directory, new EngineOptions(), time, provider.GetRequiredService<ILoggerFactory>()));
        services.AddRondoAnalytics(new AnalyticsOptions { Directory = directory });
        services.AddRondoEngagement(options);
    }

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    public async Task<IEventStore> StoreAsync() => await Get<IEventStores>().OpenAsync(Id, Token);

    /// <summary>Starts the loops, as the server does.</summary>
    public async Task StartLoopsAsync()
    {
        foreach (var service in Services.GetServices<IHostedService>())
        {
            await service.StartAsync(Token);
            _running.Add(service);
        }
    }

    /// <summary>Does everything that is due now, until nothing is.</summary>
    public async Task SettleAsync()
    {
        int done;
        do
        {
            done = await Get<CampaignClock>().TickAsync(Token);
            foreach (var (project, channel) in await Get<Ledger>().DueLanesAsync(Token))
            {
                done += (await Get<Dispatcher>().SendDueAsync(project, channel, Token)).Count;
            }

            done += await Get<MessageEventReporter>().ReportAsync(Token);
            done += await Get<LogReadingLoop>().CatchUpAsync(Id, Token);
        }
        while (done > 0);
        await Get<CampaignClock>().TickAsync(Token);
    }

    public void Advance(TimeSpan by) => Clock.Advance(by);

    public Task TrackAsync(string person, string name, params (string Name, PropertyValue Value)[] properties) => TrackAtAsync(Now, person, name, properties);

    public Task TrackAtAsync(Instant at, string person, string name, params (string Name, PropertyValue Value)[] properties) =>
        Get<IIngestion>().AcceptAsync(
            Id,
            [new TrackedEvent { Name = name, DistinctId = person, UserId = person.StartsWith("$device:", StringComparison.Ordinal) ? null : person, Time = at, InsertId = Guid.NewGuid().ToString("N"), Properties = [.. properties.Select(property => new Property(property.Name, property.Value))] }],
            [],
            Token);

    public Task SetAsync(string person, params (string Name, PropertyValue Value)[] properties) =>
        Get<IIngestion>().AcceptAsync(Id, [], [Update(person, ProfileOperator.Set, properties)], Token);

    public ProfileUpdate Update(string person, ProfileOperator op, params (string Name, PropertyValue Value)[] properties) =>
        new() { DistinctId = person, Operator = op, Properties = [.. properties.Select(property => new Property(property.Name, property.Value))], Time = Now };

    /// <summary>People with one registered device each, and an e-mail address.</summary>
    public Task AddPeopleAsync(IEnumerable<string> people, Func<string, string>? tokenOf = null) =>
        Get<IIngestion>().AcceptAsync(
            Id,
            [],
            [.. people.Select(person => Update(person, ProfileOperator.Set, ("$android_devices", List(tokenOf?.Invoke(person) ?? $"token-{person}")), ("$email", PropertyValue.Of($"{person}@example.org"))))],
            Token);

    public static PropertyValue List(params string[] items) => PropertyValue.Of([.. items.Select(PropertyValue.Of)]);

    public static CampaignPlan PushPlan(string name = "Come back", int control = 0, Predicate? audience = null, Contracts.Delivery? delivery = null, ConversionGoal? goal = null, string? landing = null, params Variant[] variants) => new(
        name,
        Channel.Push,
        variants.Length > 0 ? [.. variants] : [new Variant("A", 100 - control, new PushMessage("Hello {{${first_name} | default: 'you'}}", "We miss you", "musicfinder://home"))],
        control,
        delivery ?? new SendNow(),
        audience ?? Everyone,
        goal,
        landing);

    public static CampaignPlan EmailPlan(string name = "Newsletter", string html = "<p>Hello <a href=\"https://example.org/plans?a=1&amp;b=2\">plans</a></p>", string subject = "Hello", Predicate? audience = null, int control = 0, ConversionGoal? goal = null) =>
        new(name, Channel.Email, [new Variant("A", 100 - control, new EmailMessage(subject, html))], control, new SendNow(), audience ?? Everyone, goal, null);

    public async Task<Campaign> LaunchAsync(CampaignPlan plan)
    {
        var created = await Campaigns.CreateAsync(Id, plan, Token);
        created.Problems.ShouldBeEmpty();
        var launched = await Campaigns.LaunchAsync(Id, created.Value!.Id, Token);
        launched.Problems.ShouldBeEmpty();
        return launched.Value!;
    }

    public async Task<IReadOnlyList<TrackedEvent>> EventsAsync(string name)
    {
        var store = await StoreAsync();
        var found = new List<TrackedEvent>();
        await foreach (var tracked in store.ExportAsync([name], Model.Time.TimeWindow.Always, Token))
        {
            found.Add(tracked);
        }

        return found;
    }

    public async Task<CampaignResults> ResultsAsync(Campaign campaign) => (await Campaigns.ResultsAsync(Id, campaign.Id, Token))!;

    public async ValueTask DisposeAsync()
    {
        foreach (var service in Enumerable.Reverse(_running))
        {
            await service.StopAsync(CancellationToken.None);
        }

        await ((IAsyncDisposable)Services).DisposeAsync();
        if (_ownsDirectory)
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
    }
}

/// <summary>Reads an event's properties by name.</summary>
internal static class TrackedEvents
{
    public static string? Text(this TrackedEvent tracked, string name) =>
        tracked.Properties.Where(property => property.Name == name).Select(property => property.Value.ToText()).FirstOrDefault();
}
