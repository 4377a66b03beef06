using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rondo.Engagement.Channels.Fcm;

/// <summary>A bearer token, or why there is none.</summary>
internal readonly record struct AccessToken(string? Value, ProviderAnswer? Problem);

/// <summary>
/// Gets and renews the bearer token of a service account (RFC 7523): an assertion signed with the account's key, for the
/// token address of the key file. Our own few lines, because Google's library signs for Google's address whatever the key
/// file says (docs/decisions: FCM). Thread-safe.
/// </summary>
internal sealed class FcmAccess(ServiceAccount account, HttpClient client, TimeProvider time) : IDisposable
{
    private const string Scope = "https://www.googleapis.com/auth/firebase.messaging";

    /// <summary>How long before its end a token is renewed.</summary>
    private static readonly TimeSpan Reserve = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _renewing = new(1);
    private readonly RSA _key = KeyOf(account);
    private volatile Granted? _granted;

    /// <summary>A token that is good for a few minutes more.</summary>
    public async ValueTask<AccessToken> TokenAsync(CancellationToken cancellationToken)
    {
        if (_granted is { } current && time.GetUtcNow() < current.RenewAt)
        {
            return new AccessToken(current.Token, null);
        }

        await _renewing.WaitAsync(cancellationToken);
        try
        {
            return _granted is { } renewed && time.GetUtcNow() < renewed.RenewAt ? new AccessToken(renewed.Token, null) : await AskAsync(cancellationToken);
        }
        finally
        {
            _renewing.Release();
        }
    }

    /// <summary>Forgets the token: the provider refused it before its time.</summary>
    public void Forget() => _granted = null;

    public void Dispose()
    {
        _key.Dispose();
        _renewing.Dispose();
    }

    private async Task<AccessToken> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            var now = time.GetUtcNow();
            using var body = new FormUrlEncodedContent(
            [
                KeyValuePair.Create("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                KeyValuePair.Create("assertion", Assertion(now.ToUnixTimeSeconds())),
            ]);
            using var response = await client.PostAsync(new Uri(account.TokenUri), body, cancellationToken);
            var grant = Read(await response.Content.ReadAsStringAsync(cancellationToken));
            if (response.IsSuccessStatusCode && grant is { AccessToken: { Length: > 0 } token })
            {
                _granted = new Granted(token, now + TimeSpan.FromSeconds(grant.ExpiresIn) - Reserve);
                return new AccessToken(token, null);
            }

            var detail = $"token: {grant?.Error ?? ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture)}";
            return new AccessToken(null, response.StatusCode == HttpStatusCode.TooManyRequests || (int)response.StatusCode >= 500 ? new TryLater(detail) : new NotReady(detail));
        }
        catch (HttpRequestException unreachable)
        {
            return new AccessToken(null, new TryLater($"token: {unreachable.HttpRequestError}"));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new AccessToken(null, new TryLater("token: timeout"));
        }
    }

    private string Assertion(long now)
    {
        var header = Part(new Dictionary<string, object?> { ["alg"] = "RS256", ["typ"] = "JWT", ["kid"] = account.PrivateKeyId });
        var claims = Part(new Dictionary<string, object?> { ["iss"] = account.ClientEmail, ["scope"] = Scope, ["aud"] = account.TokenUri, ["iat"] = now, ["exp"] = now + 3600 });
        var signature = _key.SignData(Encoding.ASCII.GetBytes($"{header}.{claims}"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{header}.{claims}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Part(Dictionary<string, object?> members) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(members));

    private static Grant? Read(string body)
    {
        try
        {
            return JsonSerializer.Deserialize<Grant>(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static RSA KeyOf(ServiceAccount account)
    {
        var key = RSA.Create();
        key.ImportFromPem(account.PrivateKey);
        return key;
    }

    private sealed record Granted(string Token, DateTimeOffset RenewAt);

    private sealed record Grant(
        [property: JsonPropertyName("access_token")] string? AccessToken,
        [property: JsonPropertyName("expires_in")] double ExpiresIn,
        [property: JsonPropertyName("error")] string? Error);
}
