using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rondo.HttpApi;

namespace Rondo.Engagement.Tests.Links;

/// <summary>The HTTP interfaces over a world's own parts, on a free port of this machine.</summary>
internal sealed class Site : IAsyncDisposable
{
    private readonly WebApplication _application;

    private Site(WebApplication application)
    {
        _application = application;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(application.Urls.First()) };
    }

    public HttpClient Client { get; }

    public static async Task<Site> StartAsync(World world)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");

        // The same objects as the world's: the site only puts HTTP before them.
        var own = new ServiceCollection();
        World.Register(own, world.Directory, world.Time, world.Get<EngagementOptions>());
        foreach (var service in own.Where(service => service.ServiceType.Namespace?.StartsWith("Rondo", StringComparison.Ordinal) == true).Select(service => service.ServiceType).Distinct())
        {
            builder.Services.AddSingleton(service, _ => world.Services.GetRequiredService(service));
        }

        builder.Services.AddSingleton(world.Time);
        builder.Services.AddRondoHttpApi(new HttpApiOptions { AdminToken = "admin-token-of-the-test" });
        var application = builder.Build();
        application.MapRondoHttpApi();
        await application.StartAsync(TestContext.Current.CancellationToken);
        return new Site(application);
    }

    /// <summary>Answers a link of a message: only its path matters here.</summary>
    public Task<HttpResponseMessage> GetAsync(string link, string? language = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(link).PathAndQuery);
        if (language is not null)
        {
            request.Headers.Add("Accept-Language", language);
        }

        return Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public Task<HttpResponseMessage> PostAsync(string link, params (string Name, string Value)[] form) =>
        Client.PostAsync(new Uri(link).PathAndQuery, new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value))), TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();

        // Stopped, not disposed: its parts belong to the world.
        await _application.StopAsync();
    }
}
