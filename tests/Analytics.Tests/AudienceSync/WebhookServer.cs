using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Rondo.Analytics.Tests.AudienceSync;

/// <summary>A receiver of Mixpanel's cohort webhook (Mixpanel reference, 5.3) that holds what it is told and complains of what is not as written.</summary>
internal sealed class WebhookServer : IAsyncDisposable
{
    public const string User = "rondo";
    public const string Password = "open-sesame";

    private readonly WebApplication _application;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, HashSet<string>> _members = [];
    private readonly Dictionary<string, HashSet<string>> _replacing = [];

    private WebhookServer(WebApplication application) => _application = application;

    public string Address => _application.Urls.First() + "/cohorts";

    /// <summary>An answer other than success, for the next request.</summary>
    public ConcurrentQueue<(int Status, string Body)> Answers { get; } = [];

    public ConcurrentQueue<string> Violations { get; } = [];

    public ConcurrentQueue<JsonElement> Requests { get; } = [];

    public static async Task<WebhookServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        var server = new WebhookServer(application);
        application.MapPost("/cohorts", (Delegate)server.TakeAsync);
        await application.StartAsync();
        return server;
    }

    public IReadOnlySet<string> MembersOf(string cohort)
    {
        lock (_lock)
        {
            return _members.TryGetValue(cohort, out var members) ? members.ToHashSet() : [];
        }
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task<IResult> TakeAsync(HttpContext context)
    {
        Check(context.Request.ContentType?.StartsWith("application/json", StringComparison.Ordinal) == true, "JSON is said to be JSON");
        if (context.Request.Headers.Authorization != "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}")))
        {
            return Results.Json(new { action = "members", status = "failure", error = new { message = "who are you", code = 401 } }, statusCode: 401);
        }

        using var document = await JsonDocument.ParseAsync(context.Request.Body);
        var body = document.RootElement.Clone();
        Requests.Enqueue(body);
        if (Answers.TryDequeue(out var answer))
        {
            return Results.Text(answer.Body, "application/json", Encoding.UTF8, answer.Status);
        }

        var action = body.GetProperty("action").GetString()!;
        var parameters = body.GetProperty("parameters");
        foreach (var name in new[] { "mixpanel_project_id", "mixpanel_cohort_name", "mixpanel_cohort_id", "mixpanel_cohort_description", "mixpanel_session_id" })
        {
            Check(parameters.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String, $"{name} is a text");
        }

        var (page, pages) = (parameters.GetProperty("page_info").GetProperty("page_count").GetInt32(), parameters.GetProperty("page_info").GetProperty("total_pages").GetInt32());
        Check(page >= 1 && page <= pages, "page_count is 1 to total_pages");
        var members = parameters.GetProperty("members").EnumerateArray().Select(member => member.GetProperty("mixpanel_distinct_id").GetString()!).ToList();
        Check(members.Count <= 1000, "at most 1000 members");
        Apply(action, parameters.GetProperty("mixpanel_cohort_id").GetString()!, page, pages, members);
        return Results.Json(new { action, status = "success" });
    }

    private void Apply(string action, string cohort, int page, int pages, List<string> members)
    {
        lock (_lock)
        {
            var held = _members.TryGetValue(cohort, out var found) ? found : _members[cohort] = [];
            switch (action)
            {
                case "add_members":
                    held.UnionWith(members);
                    break;
                case "remove_members":
                    held.ExceptWith(members);
                    break;
                case "members":
                    var replacing = page == 1 || !_replacing.TryGetValue(cohort, out var begun) ? _replacing[cohort] = [] : begun;
                    replacing.UnionWith(members);
                    if (page == pages)
                    {
                        _members[cohort] = replacing.ToHashSet();
                    }

                    break;
                default:
                    Check(false, $"'{action}' is not an action");
                    break;
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
