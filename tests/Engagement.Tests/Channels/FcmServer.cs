using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Rondo.Engagement.Tests.Channels;

/// <summary>
/// Google's token address and FCM v1 on this machine: it verifies the assertion's signature and claims, the bearer token and
/// the body. The registration token says what it does: gone-, bad-, payload-, sender-, quota-, down-, third-, drop-.
/// </summary>
internal sealed class FcmServer : IAsyncDisposable
{
    private readonly RSA _key = RSA.Create(2048);
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, bool> _seen = [];
    private readonly ConcurrentDictionary<string, bool> _accessTokens = [];
    private readonly WebApplication _application;

    private FcmServer(TimeProvider time, int port)
    {
        _time = time;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        _application = builder.Build();
        _application.MapPost("/token", (Delegate)TokenAsync);
        _application.MapPost("/v1/projects/{project}/messages:send", SendAsync);
    }

    public string Address => _application.Urls.First();

    /// <summary>Messages by registration token, in the order they were taken.</summary>
    public ConcurrentQueue<JsonElement> Messages { get; } = [];

    /// <summary>What clients got wrong.</summary>
    public ConcurrentQueue<string> Violations { get; } = [];

    public int TokenCount => _accessTokens.Count;

    public bool RefusesAssertions { get; set; }

    /// <summary>The key file that an operator would download.</summary>
    public string KeyFile => JsonSerializer.Serialize(new
    {
        type = "service_account",
        project_id = "music-finder",
        private_key_id = "key-1",
        private_key = _key.ExportPkcs8PrivateKeyPem(),
        client_email = "rondo@music-finder.iam.gserviceaccount.com",
        client_id = "1",
        token_uri = $"{Address}/token",
    });

    public static async Task<FcmServer> StartAsync(TimeProvider time, int port = 0)
    {
        var server = new FcmServer(time, port);
        await server._application.StartAsync();
        return server;
    }

    /// <summary>Every access token given out so far is refused from now on.</summary>
    public void ForgetTokens() => _accessTokens.Keys.ToList().ForEach(token => _accessTokens[token] = false);

    public IReadOnlyList<string> TokensOf() => [.. Messages.Select(message => message.GetProperty("token").GetString()!)];

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
        _key.Dispose();
    }

    private async Task<IResult> TokenAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        Check(form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer", "grant_type");
        var parts = form["assertion"].ToString().Split('.');
        Check(parts.Length == 3, "the assertion has three parts");
        Check(_key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), FromBase64Url(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), "the signature is RS256 over header and claims");
        var header = JsonDocument.Parse(FromBase64Url(parts[0])).RootElement;
        Check(header.GetProperty("alg").GetString() == "RS256" && header.GetProperty("kid").GetString() == "key-1", "alg and kid");
        var claims = JsonDocument.Parse(FromBase64Url(parts[1])).RootElement;
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        Check(claims.GetProperty("iss").GetString() == "rondo@music-finder.iam.gserviceaccount.com", "iss");
        Check(claims.GetProperty("aud").GetString() == $"{Address}/token", "aud");
        Check(claims.GetProperty("scope").GetString() == "https://www.googleapis.com/auth/firebase.messaging", "scope");
        var (issued, expires) = (claims.GetProperty("iat").GetInt64(), claims.GetProperty("exp").GetInt64());
        Check(Math.Abs(issued - now) < 60 && expires > issued && expires - issued <= 3600, $"iat {issued}, exp {expires}, now {now}");
        if (RefusesAssertions)
        {
            return Results.Json(new { error = "invalid_grant", error_description = "Invalid JWT Signature." }, statusCode: 400);
        }

        var token = $"ya29.{_accessTokens.Count + 1}";
        _accessTokens[token] = true;
        return Results.Json(new { access_token = token, expires_in = 3599, token_type = "Bearer" });
    }

    private async Task<IResult> SendAsync(HttpContext context, string project)
    {
        Check(project == "music-finder", "the project of the key file is addressed");
        Check(context.Request.ContentType?.StartsWith("application/json", StringComparison.Ordinal) == true, "JSON");
        var authorization = context.Request.Headers.Authorization.ToString();
        using var document = await JsonDocument.ParseAsync(context.Request.Body);
        if (!authorization.StartsWith("Bearer ", StringComparison.Ordinal) || !_accessTokens.GetValueOrDefault(authorization["Bearer ".Length..]))
        {
            return Error(401, "UNAUTHENTICATED", null);
        }

        var message = document.RootElement.GetProperty("message");
        foreach (var data in message.GetProperty("data").EnumerateObject())
        {
            Check(data.Value.ValueKind == JsonValueKind.String, $"data.{data.Name} is a string");
            Check(data.Name is not ("from" or "message_type") && !data.Name.StartsWith("google.", StringComparison.Ordinal) && !data.Name.StartsWith("gcm.", StringComparison.Ordinal), $"data.{data.Name} is not reserved");
        }

        var token = message.GetProperty("token").GetString()!;
        switch (token.Split('-')[0])
        {
            case "gone": return Error(404, "NOT_FOUND", "UNREGISTERED");
            case "bad": return Error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "message.token");
            case "payload": return Error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "message.data");
            case "sender": return Error(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH");
            case "third": return Error(401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR");
            case "quota" when _seen.TryAdd(token, true):
                context.Response.Headers.RetryAfter = "7";
                return Error(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED");
            case "down" when _seen.TryAdd(token, true): return Error(503, "UNAVAILABLE", "UNAVAILABLE");
            case "drop":
                Messages.Enqueue(message.Clone());
                context.Abort();
                return Results.Empty;
            default:
                Messages.Enqueue(message.Clone());
                return Results.Json(new { name = $"projects/{project}/messages/0:{Messages.Count}" });
        }
    }

    private static IResult Error(int code, string status, string? errorCode, string? field = null)
    {
        var details = new List<object>();
        if (errorCode is not null)
        {
            details.Add(new Dictionary<string, object> { ["@type"] = "type.googleapis.com/google.firebase.fcm.v1.FcmError", ["errorCode"] = errorCode });
        }

        if (field is not null)
        {
            details.Add(new Dictionary<string, object> { ["@type"] = "type.googleapis.com/google.rpc.BadRequest", ["fieldViolations"] = new[] { new { field, description = "invalid" } } });
        }

        return Results.Json(new { error = new { code, message = "refused", status, details } }, statusCode: code);
    }

    private void Check(bool holds, string rule)
    {
        if (!holds)
        {
            Violations.Enqueue(rule);
        }
    }

    private static byte[] FromBase64Url(string text) => System.Buffers.Text.Base64Url.DecodeFromChars(text);
}
