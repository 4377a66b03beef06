using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Rondo.Analytics.Tests.AudienceSync;

/// <summary>What goes wrong with one request.</summary>
public enum Fault
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
    Busy429,
    Locked423,
    Unauthorized401,
}

/// <summary>
/// A stand-in for Braze's cohort import (Braze reference, 2), strict about everything the reference says: what the sender does
/// wrong is written down as a violation, beside the answer that Braze would give.
/// </summary>
internal sealed class BrazeServer : IAsyncDisposable
{
    public const string PartnerKey = "partner-key-of-mixpanel";
    public const string DataImportKey = "data-import-key-of-the-workspace";

    private readonly WebApplication _application;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, HashSet<string>> _members = [];
    private readonly ConcurrentDictionary<string, bool> _busy = [];

    private BrazeServer(WebApplication application) => _application = application;

    public string Address => _application.Urls.First();

    /// <summary>Decides what goes wrong with the next request; null for nothing ever.</summary>
    public Func<Fault>? NextFault { get; set; }

    /// <summary>Profiles that exist; others are ignored. Null: everybody exists.</summary>
    public Func<string, bool>? IsKnown { get; set; }

    /// <summary>A member that is refused, and with it its page.</summary>
    public string? RefusedMember { get; set; }

    public string? AcceptedKey { get; set; } = DataImportKey;

    public ConcurrentQueue<string> Violations { get; } = [];

    /// <summary>Requests as they came, the answered and the lost.</summary>
    public ConcurrentQueue<(string Path, JsonElement Body)> Requests { get; } = [];

    public ConcurrentDictionary<string, string> Names { get; } = [];

    public int UnknownCount { get; private set; }

    /// <summary>Members as <c>kind:id</c>.</summary>
    public IReadOnlySet<string> MembersOf(string cohort)
    {
        lock (_lock)
        {
            return _members.TryGetValue(cohort, out var members) ? members.ToHashSet() : [];
        }
    }

    public static async Task<BrazeServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        var server = new BrazeServer(application);
        application.MapPost("/partners/{partner}/cohorts", server.CohortAsync);
        application.MapPost("/partners/{partner}/cohorts/users", server.UsersAsync);
        await application.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await _application.StopAsync(impatient.Token);
        await _application.DisposeAsync();
    }

    private Task CohortAsync(HttpContext context, string partner) => AnswerAsync(context, partner, ["partner_api_key", "client_secret", "cohort_id", "name", "created_at"], body =>
    {
        if (!IsText(body, "name"))
        {
            return (400, "`name` must be a non-empty string");
        }

        if (!IsText(body, "created_at") || !DateTimeOffset.TryParse(body.GetProperty("created_at").GetString(), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out _))
        {
            return (400, "`created_at` must be a valid time as an ISO-8601 string");
        }

        Names[body.GetProperty("cohort_id").GetString()!] = body.GetProperty("name").GetString()!;
        return (201, "success");
    });

    private Task UsersAsync(HttpContext context, string partner) => AnswerAsync(context, partner, ["partner_api_key", "client_secret", "cohort_id", "cohort_changes"], body =>
    {
        if (!body.TryGetProperty("cohort_changes", out var changes) || changes.ValueKind != JsonValueKind.Array || changes.EnumerateArray().Any(change => !IsChange(change)))
        {
            return (400, "`cohort_changes` must be an array of objects each with key `user_ids` and/or `device_ids` mapping to an array of strings, or an `aliases` object");
        }

        var ids = changes.EnumerateArray().SelectMany(IdsOf).ToList();
        if (ids.Count > 1000)
        {
            return (400, "Only 1,000 `user_ids`, `device_ids`, and `aliases` are allowed per request");
        }

        if (RefusedMember is { } refused && ids.Any(id => id.EndsWith(':' + refused, StringComparison.Ordinal)))
        {
            return (400, "`cohort_changes` must be an array of objects each with key `user_ids`");
        }

        var cohort = body.GetProperty("cohort_id").GetString()!;
        Check(ids.Count == 0 || Names.ContainsKey(cohort), "a cohort is declared before its members");
        Check(ids.Count == ids.Distinct().Count(), "an id comes once a request");
        lock (_lock)
        {
            var members = _members.TryGetValue(cohort, out var found) ? found : _members[cohort] = [];
            foreach (var change in changes.EnumerateArray())
            {
                foreach (var id in IdsOf(change))
                {
                    if (IsKnown?.Invoke(id) == false)
                    {
                        UnknownCount++;
                    }
                    else if (change.TryGetProperty("should_remove", out var remove) && remove.GetBoolean())
                    {
                        members.Remove(id);
                    }
                    else
                    {
                        members.Add(id);
                    }
                }
            }
        }

        return (201, "success");
    });

    private async Task AnswerAsync(HttpContext context, string partner, string[] names, Func<JsonElement, (int Status, string Message)> take)
    {
        Check(partner == "mixpanel", "the partner's name stands in the path");
        Check(context.Request.ContentType?.StartsWith("application/json", StringComparison.Ordinal) == true, "JSON is said to be JSON");
        Check(context.Request.Headers.Authorization.Count == 0, "keys travel in the body");
        using var document = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var body = document.RootElement.Clone();
        Check(body.EnumerateObject().Select(member => member.Name).Order().SequenceEqual(names.Order()), $"exactly {string.Join(", ", names)}");
        Requests.Enqueue((context.Request.Path, body));

        var cohort = IsText(body, "cohort_id") ? body.GetProperty("cohort_id").GetString()! : string.Empty;
        if (!_busy.TryAdd(cohort, true))
        {
            Check(false, "one request of a cohort at a time");
        }

        var (fault, status, message) = Take(body, cohort, take);

        // Let go before the answer: the next request may follow it at once.
        _busy.TryRemove(cohort, out _);
        if (fault == Fault.SilenceAfterTaking)
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return;
        }

        if (fault is Fault.ResetBefore or Fault.ResetAfterTaking)
        {
            context.Abort();
            return;
        }

        if (status == 429)
        {
            context.Response.Headers.RetryAfter = "7";
        }

        context.Response.StatusCode = status;
        await context.Response.WriteAsJsonAsync(new { message }, context.RequestAborted);
    }

    private (Fault Fault, int Status, string Message) Take(JsonElement body, string cohort, Func<JsonElement, (int Status, string Message)> take)
    {
        var refusal = body switch
        {
            _ when !IsText(body, "partner_api_key") || body.GetProperty("partner_api_key").GetString() != PartnerKey => (401, "Invalid Partner API key"),
            _ when !IsText(body, "client_secret") => (401, "Invalid client secret"),
            _ when body.GetProperty("client_secret").GetString() != AcceptedKey => (401, $"Partner not enabled for client with client secret: {body.GetProperty("client_secret").GetString()}"),
            _ when cohort.Length == 0 => (400, "`cohort_id` must be a valid string"),
            _ => default((int Status, string Message)?),
        };
        if (refusal is { } refused)
        {
            return (Fault.None, refused.Status, refused.Message);
        }

        var fault = NextFault?.Invoke() ?? Fault.None;
        if (fault is Fault.None or Fault.SilenceAfterTaking or Fault.ResetAfterTaking)
        {
            var (status, message) = take(body);
            return (fault, status, message);
        }

        return fault == Fault.ResetBefore
            ? (fault, 0, string.Empty)
            : (fault, int.Parse(fault.ToString()[^3..], CultureInfo.InvariantCulture), fault == Fault.Locked423 ? "Resource locked" : "out of order");
    }

    private static bool IsText(JsonElement body, string name) => body.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String && member.GetString()!.Length > 0;

    private static bool IsChange(JsonElement change) =>
        change.ValueKind == JsonValueKind.Object
        && change.EnumerateObject().All(member => member.Name switch
        {
            "user_ids" or "device_ids" => member.Value.ValueKind == JsonValueKind.Array && member.Value.EnumerateArray().All(id => id.ValueKind == JsonValueKind.String && id.GetString()!.Length > 0),
            "aliases" => member.Value.ValueKind == JsonValueKind.Array && member.Value.EnumerateArray().All(alias => IsText(alias, "alias_name") && IsText(alias, "alias_label")),
            "should_remove" => member.Value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            _ => false,
        })
        && change.EnumerateObject().Any(member => member.Name is "user_ids" or "device_ids" or "aliases");

    private static IEnumerable<string> IdsOf(JsonElement change)
    {
        foreach (var member in change.EnumerateObject())
        {
            var ids = member.Name switch
            {
                "user_ids" => member.Value.EnumerateArray().Select(id => "user:" + id.GetString()),
                "device_ids" => member.Value.EnumerateArray().Select(id => "device:" + id.GetString()),
                "aliases" => member.Value.EnumerateArray().Select(alias => $"alias:{alias.GetProperty("alias_label").GetString()}:{alias.GetProperty("alias_name").GetString()}"),
                _ => [],
            };
            foreach (var id in ids)
            {
                yield return id;
            }
        }
    }

    private void Check(bool holds, string rule)
    {
        if (!holds)
        {
            Violations.Enqueue(rule);
        }
    }
}
