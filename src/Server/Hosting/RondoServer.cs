using System.Security.Cryptography;
using Rondo.Analytics;
using Rondo.Analytics.Contracts;
using Rondo.Engagement;
using Rondo.Engine;
using Rondo.HttpApi;
using Rondo.Model.Stores;
using Rondo.Server.Backups;
using Rondo.Web;

namespace Rondo.Server.Hosting;

/// <summary>A running server: the only place that puts the parts together and names a store.</summary>
public sealed class RondoServer : IAsyncDisposable
{
    /// <summary>Url-encoded base64 of the largest body, and room for the form around it.</summary>
    private const long MaximumRequestBytes = 32L << 20;

    private readonly WebApplication _application;
    private readonly DataFolder _folder;

    private RondoServer(WebApplication application, DataFolder folder, ServerNote note)
    {
        _application = application;
        _folder = folder;
        Note = note;
    }

    /// <summary>Where it listens, and the operator's token.</summary>
    public ServerNote Note { get; }

    /// <summary>The parts, for the sample company and for tests.</summary>
    public IServiceProvider Services => _application.Services;

    /// <summary>Starts a server on a folder that the caller has taken; the server gives it back when it is disposed, or fails to start.</summary>
    public static async Task<RondoServer> StartAsync(ServerSettings settings, DataFolder folder, CancellationToken cancellationToken)
    {
        var adminToken = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        WebApplication? application = null;
        try
        {
            ControlDatabases.Require(folder.Path);
            var urls = ListenAddress.Settle(settings.Urls);
            var builder = CreateBuilder(settings, urls);
            Compose(builder.Services, settings, folder, adminToken, settings.PublicUrl ?? new Uri(LoopbackOf(urls.Split(';')[0])));
            application = builder.Build();
            var opening = settings.IsForOneCommand ? Task.CompletedTask : EarlyOpening.BeginAsync(application.Services);
            Map(application);
            await application.StartAsync(cancellationToken);
            await opening;
            ControlDatabases.Note(folder.Path);
            var note = new ServerNote(LoopbackOf(application.Urls.First()), adminToken, Environment.ProcessId);
            folder.WriteNote(note);
            return new RondoServer(application, folder, note);
        }
        catch
        {
            await DisposeAsync(application, folder);
            throw;
        }
    }

    /// <summary>Runs until the process is told to stop or the token is cancelled.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => _application.WaitForShutdownAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await DisposeAsync(_application, _folder);

    private static WebApplicationBuilder CreateBuilder(ServerSettings settings, string urls)
    {
        // The name is given because tests host the server too, and static files are found by it.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = "Rondo.Server", ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls(urls);
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaximumRequestBytes;
        });
        ConfigureLogging(builder.Logging, settings);
        return builder;
    }

    private static void Compose(IServiceCollection services, ServerSettings settings, DataFolder folder, string adminToken, Uri publicUrl)
    {
        services.AddSingleton(settings.TimeProvider);
        services.AddSingleton<IEventStores>(provider => new KnownStores(
            new EngineStores(Path.Combine(folder.Path, "events"), settings.Engine, settings.TimeProvider, provider.GetRequiredService<ILoggerFactory>()),
            folder.Path,
            provider.GetRequiredService<IIngestion>));
        var analytics = settings.Analytics(new AnalyticsOptions { Directory = folder.Path });
        services.AddRondoAnalytics(settings.IsForOneCommand ? analytics with { Integrations = analytics.Integrations with { RunsSyncs = false } } : analytics);
        var others = services.Where(service => service.ServiceType == typeof(IHostedService)).ToList();
        services.AddRondoEngagement(settings.Engagement(new EngagementOptions { DataDirectory = folder.Path, PublicUrl = publicUrl }));
        if (settings.IsForOneCommand)
        {
            foreach (var loop in services.Where(service => service.ServiceType == typeof(IHostedService)).Except(others).ToList())
            {
                services.Remove(loop);
            }
        }

        services.AddRondoWeb(new WebOptions { DataDirectory = folder.Path });
        services.AddSingleton(folder);
        services.AddSingleton<IBackups, FolderBackups>();
        services.AddRondoHttpApi(settings.HttpApi(new HttpApiOptions { AdminToken = adminToken }));
    }

    private static void Map(WebApplication application)
    {
        application.MapRondoHttpApi();
        application.MapRondoWeb();
    }

    private static void ConfigureLogging(ILoggingBuilder logging, ServerSettings settings)
    {
        // Standard output belongs to results.
        logging.ClearProviders();
        logging.AddSimpleConsole(console => console.SingleLine = true);
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.SetMinimumLevel(settings.LogLevel);
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        logging.AddFilter("Microsoft.AspNetCore", settings.LogLevel > LogLevel.Warning ? settings.LogLevel : LogLevel.Warning);
        logging.AddFilter("Microsoft.EntityFrameworkCore", settings.LogLevel > LogLevel.Warning ? settings.LogLevel : LogLevel.Warning);
    }

    private static string LoopbackOf(string url)
    {
        var address = new UriBuilder(url.Replace("://+", "://0.0.0.0", StringComparison.Ordinal).Replace("://*", "://0.0.0.0", StringComparison.Ordinal));
        address.Host = address.Host is "0.0.0.0" or "[::]" ? "127.0.0.1" : address.Host;
        return address.Uri.GetLeftPart(UriPartial.Authority);
    }

    private static async Task DisposeAsync(WebApplication? application, DataFolder folder)
    {
        if (application is not null)
        {
            await application.StopAsync(CancellationToken.None);
            await application.DisposeAsync();
        }

        folder.Dispose();
    }
}
