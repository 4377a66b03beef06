using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text;
using Rondo.Analytics.Contracts;
using Rondo.Engine;
using Rondo.HttpApi.Tests.Hosting;

namespace Rondo.HttpApi.Tests.Exchanges;

/// <summary>Sends every request of the exchange files to the real server and compares what comes back, byte for byte.</summary>
public sealed partial class ExchangeTests(SharedServer shared)
{
    private string _importKey = string.Empty;

    public static IEnumerable<TheoryDataRow<string>> Files() => ExchangeFile.Names().Select(name => new TheoryDataRow<string>(name));

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_request_gets_just_this_reply(string file)
    {
        var keys = await shared.Server.CreateProjectAsync(file);
        var receiving = await shared.Server.Services.GetRequiredService<IReceivedCohorts>().CreateKeyAsync(keys.Project.Id, file, "mixpanel", "partner-key", CancellationToken.None);
        _importKey = receiving.Value!.Secret;
        foreach (var exchange in ExchangeFile.Read(file).Exchanges)
        {
            await CheckAsync(exchange, keys);
        }
    }

    private async Task CheckAsync(Exchange exchange, ProjectWithKeys keys)
    {
        using var handler = new SocketsHttpHandler { UseCookies = false };
        using var client = new HttpClient(handler) { BaseAddress = shared.Server.Address };
        using var request = RequestOf(exchange.Request, keys);
        using var reply = await client.SendAsync(request);
        var body = await reply.Content.ReadAsByteArrayAsync();

        $"{(int)reply.StatusCode}".ShouldBe(exchange.Reply.FirstLine, $"{exchange.Title}: {Encoding.UTF8.GetString(body)}");
        foreach (var (name, value) in exchange.Reply.Headers)
        {
            var actual = HeaderOf(reply, name);
            actual.ShouldBe(value == "-" ? null : Fill(value, keys), $"{exchange.Title}: {name}");
        }

        (HeaderOf(reply, "Content-Type") == "image/gif" ? Convert.ToBase64String(body) : Encoding.UTF8.GetString(body)).ShouldBe(Fill(exchange.Reply.Body, keys), exchange.Title);
        foreach (var (kind, expected) in exchange.Proofs)
        {
            (await ProofAsync(kind, keys)).ShouldBe(kind == "events" ? AsStored(Fill(expected, keys)) : Fill(expected, keys), $"{exchange.Title}: {kind}");
        }
    }

    private HttpRequestMessage RequestOf(Message message, ProjectWithKeys keys)
    {
        var line = Fill(message.FirstLine, keys).Split(' ', 2);
        var request = new HttpRequestMessage(new HttpMethod(line[0]), new Uri(line[1], UriKind.Relative));
        var filled = message with { Body = Fill(message.Body, keys) };
        if (line[0] == "POST")
        {
            request.Content = new ByteArrayContent(filled.WireBody());
        }

        foreach (var (name, value) in message.Headers.Where(header => header.Name != "@body"))
        {
            if (name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
            {
                request.Content!.Headers.TryAddWithoutValidation(name, value);
            }
            else if (name == "@basic")
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Fill(value, keys))));
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, Fill(value, keys));
            }
        }

        return request;
    }

    private static string? HeaderOf(HttpResponseMessage reply, string name) =>
        reply.Headers.TryGetValues(name, out var values) || reply.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    private async Task<string> ProofAsync(string kind, ProjectWithKeys keys)
    {
        using var client = shared.Server.Client(keys.RestKey);
        switch (kind.Split(' ', 2))
        {
            case ["events"]:
                var events = (await client.GetJsonAsync("/api/v1/events/latest?limit=1000")).EnumerateArray().Select(LineOf).Order(StringComparer.Ordinal).ToList();
                return events.Count == 0 ? "(none)" : string.Join('\n', events);
            case ["profile", var id]:
                var person = await client.GetJsonAsync($"/api/v1/people/profile?id={Uri.EscapeDataString(id)}");
                return person.TryGetProperty("profile", out var profile) ? Sorted(profile) : "(nobody)";
            case ["cohort", var name]:
                var cohorts = (await client.GetJsonAsync("/api/v1/cohorts")).EnumerateArray();
                var found = cohorts.FirstOrDefault(cohort => cohort.GetProperty("name").GetString() == name);
                return found.ValueKind == JsonValueKind.Undefined
                    ? "(none)"
                    : string.Join('\n', (await client.GetJsonAsync($"/api/v1/cohorts/{found.GetProperty("id").GetInt32()}/members")).GetProperty("people").EnumerateArray().Select(person => person.GetProperty("distinctId").GetString()).Order(StringComparer.Ordinal));
            case ["counts"]:
                return Plain(await client.GetJsonAsync("/api/v1/ingestion/counts"));
            default:
                throw new InvalidOperationException($"'{kind}' is not a proof.");
        }
    }

    /// <summary>Time, name, id, insert id and properties of an event on one line.</summary>
    private static string LineOf(JsonElement tracked) =>
        $"{tracked.GetProperty("time").GetString()} {tracked.GetProperty("event").GetString()} by {(tracked.GetProperty("distinctId").GetString() is { Length: > 0 } id ? id : "nobody")}"
        + $"{(tracked.TryGetProperty("insertId", out var insertId) ? $" #{insertId.GetString()}" : string.Empty)} {Sorted(tracked.GetProperty("properties"))}";

    /// <summary>The scripts name insert ids as they are sent; the store keeps their keys.</summary>
    private static string AsStored(string lines) => string.Join('\n', lines.Split('\n')
        .Select(line => InsertIdInLine().Replace(line, match => $" #{InsertKey.ToInsertId(InsertKey.Of(match.Groups[1].Value))} {{"))
        .Order(StringComparer.Ordinal));

    [GeneratedRegex(" #(.+?) \\{")]
    private static partial Regex InsertIdInLine();

    /// <summary>Properties have no order; here they are sorted, so that a text can be compared.</summary>
    private static string Sorted(JsonElement properties) =>
        Plain(JsonSerializer.SerializeToElement(properties.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal).ToDictionary(property => property.Name, property => property.Value)));

    private static string Plain(JsonElement json) => JsonSerializer.Serialize(json, PlainOptions);

    private static readonly JsonSerializerOptions PlainOptions = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private string Fill(string text, ProjectWithKeys keys) => text
        .Replace("{{token}}", keys.Project.Token, StringComparison.Ordinal)
        .Replace("{{importkey}}", _importKey, StringComparison.Ordinal)
        .Replace("{{secret}}", keys.Secret, StringComparison.Ordinal)
        .Replace("{{restkey}}", keys.RestKey, StringComparison.Ordinal)
        .Replace("{{project}}", keys.Project.Id.ToString(), StringComparison.Ordinal);
}
