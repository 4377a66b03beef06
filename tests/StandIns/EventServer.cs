using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Rondo.StandIns;

/// <summary>What goes wrong with one request.</summary>
public enum StreamFault
{
    None,

    /// <summary>Taken; the answer never comes.</summary>
    SilenceAfterTaking,

    /// <summary>Taken; the connection breaks before the answer.</summary>
    ResetAfterTaking,

    /// <summary>Not taken; the connection breaks.</summary>
    ResetBefore,

    Broken500,
    Busy503,

    /// <summary>With a Retry-After of <see cref="EventServer.RetryAfterSeconds"/>.</summary>
    Busy429,
    Unauthorized401,

    /// <summary>Too large, however small it is.</summary>
    TooLarge413,
}

/// <summary>What several stand-ins that take events have in common: what came, what broke the rules, and what goes wrong.</summary>
public abstract class EventServer : IAsyncDisposable
{
    private const long LargestBody = 64 << 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Guid> _ids = [];
    private WebApplication _application = null!;
    private int _busy;

    /// <summary>Where it listens.</summary>
    public string Address { get; private set; } = string.Empty;

    /// <summary>Decides what goes wrong with the next request; null for nothing ever.</summary>
    public Func<StreamFault>? NextFault { get; set; }

    /// <summary>What a 429 asks to wait.</summary>
    public int RetryAfterSeconds { get; set; } = 7;

    /// <summary>Events that are refused; null for none.</summary>
    public Func<JsonElement, bool>? IsRefused { get; set; }

    /// <summary>The property whose value tells one event from another, whatever id it comes under.</summary>
    public string KeyProperty { get; set; } = "dispatch_id";

    /// <summary>Called for every event that is taken, with its properties.</summary>
    public Action<JsonElement>? Taken { get; set; }

    /// <summary>Rules that the sender broke, each once.</summary>
    public ConcurrentDictionary<string, string> Violations { get; } = [];

    /// <summary>The newest bodies as they came, the answered and the lost; kept when asked for.</summary>
    public ConcurrentQueue<JsonElement> Bodies { get; } = [];

    /// <summary>Whether <see cref="Bodies"/> are kept.</summary>
    public bool KeepsBodies { get; set; } = true;

    /// <summary>Requests.</summary>
    public int RequestCount { get; private set; }

    /// <summary>The largest number of events in one request.</summary>
    public int LargestRequest { get; private set; }

    /// <summary>Events taken, each once.</summary>
    public int EventCount
    {
        get
        {
            lock (_gate)
            {
                return _ids.Count;
            }
        }
    }

    /// <summary>Events that came again, under the id of the first time.</summary>
    public int DuplicateCount { get; private set; }

    /// <summary>The keys of the events that were taken.</summary>
    public HashSet<string> Keys()
    {
        lock (_gate)
        {
            return [.. _ids.Keys];
        }
    }

    /// <summary>Completes once no request is at work: one whose sender hung up may be so for a moment longer.</summary>
    public async Task WhenIdleAsync(CancellationToken cancellationToken)
    {
        while (Volatile.Read(ref _busy) > 0)
        {
            await Task.Delay(5, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await _application.StopAsync(impatient.Token);
        await _application.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task ListenAsync(string path, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<KestrelServerOptions>(options => options.Limits.MaxRequestBodySize = LargestBody);
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        _application = builder.Build();
        _application.MapPost(path, AnswerAsync);
        await _application.StartAsync();
        Address = _application.Urls.First();
    }

    /// <summary>Judges the request as a whole before anything of it is taken; null when it is well.</summary>
    protected abstract (int Status, object Body)? Judge(HttpRequest request, byte[] body);

    /// <summary>Reads the body; null when it cannot be.</summary>
    protected abstract Task<(byte[] Body, JsonElement Root)?> ReadAsync(HttpRequest request);

    /// <summary>Takes what is good and answers.</summary>
    protected abstract (int Status, object Body) Take(JsonElement root);

    /// <summary>Notes an event as taken.</summary>
    protected void Keep(string id, JsonElement properties)
    {
        var key = properties.TryGetProperty(KeyProperty, out var value) ? value.ToString() : id;
        lock (_gate)
        {
            var number = Guid.Parse(id);
            if (_ids.TryGetValue(key, out var first))
            {
                DuplicateCount++;
                Check(first == number, "an event that comes again has the id of the first time", key);
                return;
            }

            _ids.Add(key, number);
        }

        Taken?.Invoke(properties);
    }

    protected void Check(bool holds, string rule, object? what = null)
    {
        if (!holds)
        {
            Violations.TryAdd(rule, what?.ToString() ?? string.Empty);
        }
    }

    protected static bool IsText(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String && member.GetString()!.Length > 0;

    protected void CountEvents(int count) => LargestRequest = Math.Max(LargestRequest, count);

    private async Task AnswerAsync(HttpContext context)
    {
        var fault = StreamFault.None;
        var (status, answer) = (0, (object)string.Empty);
        Check(Interlocked.Increment(ref _busy) == 1 || NextFault is not null, "one request of a stream at a time");
        try
        {
            var read = await ReadAsync(context.Request);
            RequestCount++;
            fault = NextFault?.Invoke() ?? StreamFault.None;
            if (read is not { } body)
            {
                (status, answer) = (400, new { error = "the body cannot be read" });
            }
            else if (Judge(context.Request, body.Body) is { } refusal)
            {
                (fault, status, answer) = (StreamFault.None, refusal.Status, refusal.Body);
            }
            else if (fault is StreamFault.None or StreamFault.SilenceAfterTaking or StreamFault.ResetAfterTaking)
            {
                if (KeepsBodies)
                {
                    Bodies.Enqueue(body.Root);
                }

                (status, answer) = Take(body.Root);
            }
            else if (fault != StreamFault.ResetBefore)
            {
                (status, answer) = (int.Parse(fault.ToString()[^3..], CultureInfo.InvariantCulture), new { error = "out of order", message = "out of order" });
            }
        }
        finally
        {
            // Before the answer, for the next request may follow it at once; and also when the sender hung up in the midst of its body.
            Interlocked.Decrement(ref _busy);
        }

        if (fault == StreamFault.SilenceAfterTaking)
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return;
        }

        if (fault is StreamFault.ResetBefore or StreamFault.ResetAfterTaking)
        {
            context.Abort();
            return;
        }

        if (status == 429)
        {
            context.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }

        context.Response.StatusCode = status;
        await context.Response.WriteAsJsonAsync(answer, context.RequestAborted);
    }
}
