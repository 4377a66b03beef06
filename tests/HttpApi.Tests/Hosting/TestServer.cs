using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Rondo.Analytics.Contracts;
using Rondo.Server.Hosting;

namespace Rondo.HttpApi.Tests.Hosting;

/// <summary>The real server on a folder of its own, at noon of 10 March 2026 unless told otherwise.</summary>
public sealed class TestServer : IAsyncDisposable
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    private readonly Func<ServerSettings, ServerSettings> _change;
    private RondoServer _server = null!;

    private TestServer(Func<ServerSettings, ServerSettings> change) => _change = change;

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("rondo-test-").FullName;

    public FakeTimeProvider Clock { get; } = new(Noon);

    public IServiceProvider Services => _server.Services;

    public Uri Address => new(_server.Note.Url);

    /// <summary>Carries the operator's token.</summary>
    public HttpClient Admin { get; private set; } = null!;

    public static async Task<TestServer> StartAsync(Func<ServerSettings, ServerSettings>? change = null)
    {
        var server = new TestServer(change ?? (settings => settings));
        await server.StartAsync();
        return server;
    }

    /// <param name="meanwhile">What happens to the folder while no server runs.</param>
    public async Task RestartAsync(Action? meanwhile = null)
    {
        await StopAsync();
        meanwhile?.Invoke();
        await StartAsync();
    }

    public HttpClient Client(string? bearer = null)
    {
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer);
        return client;
    }

    public async Task<ProjectWithKeys> CreateProjectAsync(string name, string? timeZone = null)
    {
        var made = await Services.GetRequiredService<IProjects>().CreateAsync(new NewProject(name, TimeZone: timeZone), CancellationToken.None);
        made.Problems.ShouldBeEmpty();
        return made.Value!;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private async Task StartAsync()
    {
        var folder = DataFolder.TryTake(Directory) ?? throw new InvalidOperationException("The folder is taken.");
        var settings = new ServerSettings { DataDirectory = Directory, Urls = "http://127.0.0.1:0", TimeProvider = Clock, LogLevel = Microsoft.Extensions.Logging.LogLevel.Error };
        _server = await RondoServer.StartAsync(_change(settings), folder, CancellationToken.None);
        Admin = Client(_server.Note.AdminToken);
    }

    private async Task StopAsync()
    {
        Admin.Dispose();
        await _server.DisposeAsync();
    }
}

internal static class JsonReplies
{
    public static async Task<JsonElement> ReadJsonAsync(this HttpResponseMessage reply)
    {
        var text = await reply.Content.ReadAsStringAsync();
        try
        {
            return JsonDocument.Parse(text).RootElement;
        }
        catch (JsonException)
        {
            throw new InvalidOperationException($"{(int)reply.StatusCode}: {text}");
        }
    }

    public static async Task<JsonElement> PostJsonAsync(this HttpClient client, string path, string json)
    {
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var reply = await client.PostAsync(new Uri(path, UriKind.Relative), content);
        return await reply.ReadJsonAsync();
    }

    public static async Task<JsonElement> GetJsonAsync(this HttpClient client, string path)
    {
        using var reply = await client.GetAsync(new Uri(path, UriKind.Relative));
        return await reply.ReadJsonAsync();
    }
}
