using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using MudBlazor.Services;
using NodaTime;
using Rondo.Analytics;
using Rondo.Analytics.Contracts;
using Rondo.Engagement;
using Rondo.Engine;
using Rondo.Model.Events;
using Rondo.Model.Profiles;
using Rondo.Model.Stores;
using Rondo.Web.Components;
using Rondo.Web.Frame;

namespace Rondo.Web.Tests;

/// <summary>Pages over the real analytics half and engine, in a folder of their own, at noon of 10 March 2026.</summary>
internal sealed class Site : BunitContext
{
    public static readonly Instant Noon = Instant.FromUtc(2026, 3, 10, 12, 0);

    private readonly string _directory = Directory.CreateTempSubdirectory("rondo-test-").FullName;

    private Site()
    {
        // Waits end when what is waited for is there; a busy machine needs more than bUnit's one second.
        DefaultWaitTimeout = TimeSpan.FromSeconds(20);
        JSInterop.Mode = JSRuntimeMode.Loose;
        JSInterop.SetupModule(_ => true).Mode = JSRuntimeMode.Loose;
        var clock = new FakeTimeProvider(Noon.ToDateTimeOffset());
        Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Error));
        Services.AddMetrics();
        Services.AddSingleton<TimeProvider>(clock);
        Services.AddSingleton<IEventStores>(provider => new EngineStores(Path.Combine(_directory, "events"), new EngineOptions(), clock, provider.GetRequiredService<ILoggerFactory>()));
        Services.AddRondoAnalytics(new AnalyticsOptions { Directory = _directory });
        Services.AddLocalization(localization => localization.ResourcesPath = string.Empty);
        Services.AddMudServices();
        Services.AddRondoEngagement(new EngagementOptions { DataDirectory = _directory, PublicUrl = new Uri("http://rondo.test") });
        Services.AddScoped<ProjectPlace>();
        Services.AddScoped<Visit>();
        Services.AddScoped<Vocabulary>();
        Services.AddScoped<Browser>();
        this.AddAuthorization().SetAuthorized("ann@rondo.test");
    }

    public Project Project { get; private set; } = null!;

    public FakeTimeProvider Clock => (FakeTimeProvider)Get<TimeProvider>();

    public static async Task<Site> OpenAsync(params TrackedEvent[] events)
    {
        var site = new Site();
        site.Project = (await site.Get<IProjects>().CreateAsync(new NewProject("Music"), default)).Value!.Project;
        await site.Get<IIngestion>().AcceptAsync(site.Project.Id, events, [], default);
        return site;
    }

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    public static TrackedEvent Event(string name, string person, int hoursAgo, params Property[] properties) =>
        new() { Name = name, DistinctId = person, Time = Noon - Duration.FromHours(hoursAgo), Properties = properties };

    public static Property P(string name, string value) => new(name, PropertyValue.Of(value));

    public async Task SetAsync(string person, params Property[] properties) =>
        await Get<IIngestion>().AcceptAsync(Project.Id, [], [new ProfileUpdate { DistinctId = person, Operator = ProfileOperator.Set, Properties = properties, Time = Noon }], default);

    /// <summary>Shows a page of the project at an address.</summary>
    public IRenderedComponent<TPage> Show<TPage>(string page, params (string Name, string Value)[] query)
        where TPage : IComponent
    {
        var navigation = Get<NavigationManager>();
        navigation.NavigateTo(navigation.GetUriWithQueryParameters(
            navigation.ToAbsoluteUri(ProjectPlace.PathOf(Project.Id, page)).ToString(),
            query.ToDictionary(part => part.Name, part => (object?)part.Value)));
        return Render<TPage>(parameters => parameters.AddCascadingValue(Project));
    }

    /// <summary>All pages with their frame, as a browser that is signed in has them; goes from page to page by <see cref="Go"/>.</summary>
    public IRenderedComponent<Routes> ShowAll(string page)
    {
        Go(page);
        return Render<Routes>();
    }

    /// <summary>Goes to a page of the project.</summary>
    public void Go(string page) => Get<NavigationManager>().NavigateTo(ProjectPlace.PathOf(Project.Id, page));

    /// <summary>What stands in the address under a name.</summary>
    public string? InAddress(string name) =>
        Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(new Uri(Get<NavigationManager>().Uri).Query).TryGetValue(name, out var values) ? values.ToString() : null;

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        Directory.Delete(_directory, recursive: true);
    }
}
