using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using NodaTime;
using NodaTime.Text;
using Rondo.Analytics.Contracts;

namespace Rondo.Analytics.AudienceSync.Destinations;

/// <summary>Braze's cohort import for partners (Braze reference, 2). The keys travel in the body.</summary>
internal sealed class BrazeDestination : IAudienceDestination
{
    /// <summary>"Only 1,000 user_ids, device_ids, and aliases are allowed per request".</summary>
    private const int IdsPerRequest = 1000;

    private const string TestCohort = "rondo-connection-test";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly BrazeConnection _connection;
    private readonly HttpClient _client;
    private readonly TimeProvider _time;
    private readonly Uri _cohorts;
    private readonly Uri _users;

    public BrazeDestination(BrazeConnection connection, HttpClient client, TimeProvider time)
    {
        (_connection, _client, _time) = (connection, client, time);
        var partner = $"{connection.Endpoint.TrimEnd('/')}/partners/{Uri.EscapeDataString(connection.Partner)}/cohorts";
        (_cohorts, _users) = (new Uri(partner), new Uri(partner + "/users"));
    }

    public int MaximumPage => IdsPerRequest;

    public bool WantsProfiles => false;

    public bool WantsEmptyPages => false;

    public Duration? FullAfter => null;

    public Task<DestinationAnswer> TestAsync(CancellationToken cancellationToken) =>
        PostAsync(_users, new MembersBody(_connection.PartnerApiKey, _connection.DataImportKey, TestCohort, []), cancellationToken);

    public Task<DestinationAnswer> DeclareAsync(SentCohort cohort, CancellationToken cancellationToken) =>
        PostAsync(
            _cohorts,
            new CohortBody(_connection.PartnerApiKey, _connection.DataImportKey, cohort.RemoteId, cohort.Name, InstantPattern.ExtendedIso.Format(cohort.CreatedAt)),
            cancellationToken);

    public Task<DestinationAnswer> SendAsync(SentCohort cohort, MemberPage page, CancellationToken cancellationToken)
    {
        var change = new CohortChange(
            IdsOf(page, IdentifierKind.ExternalId),
            IdsOf(page, IdentifierKind.DeviceId),
            page.Members.Any(member => member.Kind == IdentifierKind.Alias)
                ? [.. page.Members.Where(member => member.Kind == IdentifierKind.Alias).Select(member => new Alias(member.Identifier, member.AliasLabel!))]
                : null,
            page.Action == PageAction.Remove ? true : null);
        return PostAsync(_users, new MembersBody(_connection.PartnerApiKey, _connection.DataImportKey, cohort.RemoteId, [change]), cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static List<string>? IdsOf(MemberPage page, IdentifierKind kind) =>
        page.Members.Where(member => member.Kind == kind).Select(member => member.Identifier).ToList() is { Count: > 0 } ids ? ids : null;

    private Task<DestinationAnswer> PostAsync<T>(Uri address, T body, CancellationToken cancellationToken) =>
        HttpCall.PostAsync(_client, address, JsonSerializer.SerializeToUtf8Bytes(body, Json), null, Read, _time, cancellationToken);

    private DestinationAnswer Read(HttpStatusCode status, Duration? after, string body)
    {
        var detail = WithoutKeys(HttpCall.TextOf(body, "message", "error"));
        return status switch
        {
            // These speak of the request as a whole, so no smaller page would fare better.
            HttpStatusCode.BadRequest when detail.Contains("cohort_id", StringComparison.Ordinal) || detail.Contains("`name`", StringComparison.Ordinal) || detail.Contains("created_at", StringComparison.Ordinal) =>
                new Stopped(HttpCall.Described(status, detail), SyncAdvice.ReadAnswer),
            HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity => new PageRefused(HttpCall.Described(status, detail)),
            _ => HttpCall.Of(status, after, detail),
        };
    }

    /// <summary>Braze repeats the customer's key in one of its messages.</summary>
    private string WithoutKeys(string text)
    {
        foreach (var key in new[] { _connection.DataImportKey, _connection.PartnerApiKey })
        {
            text = string.IsNullOrEmpty(key) ? text : text.Replace(key, "•••", StringComparison.Ordinal);
        }

        return text;
    }

    private sealed record CohortBody(string? PartnerApiKey, string? ClientSecret, string CohortId, string Name, string CreatedAt);

    private sealed record MembersBody(string? PartnerApiKey, string? ClientSecret, string CohortId, IReadOnlyList<CohortChange> CohortChanges);

    private sealed record CohortChange(IReadOnlyList<string>? UserIds, IReadOnlyList<string>? DeviceIds, IReadOnlyList<Alias>? Aliases, bool? ShouldRemove);

    private sealed record Alias(string AliasName, string AliasLabel);
}
