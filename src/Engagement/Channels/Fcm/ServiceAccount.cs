using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Rondo.Model.Queries;

namespace Rondo.Engagement.Channels.Fcm;

/// <summary>What a Google service account's key file says.</summary>
internal sealed record ServiceAccount(
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("project_id")] string ProjectId,
    [property: JsonPropertyName("private_key_id")] string? PrivateKeyId,
    [property: JsonPropertyName("private_key")] string PrivateKey,
    [property: JsonPropertyName("client_email")] string ClientEmail,
    [property: JsonPropertyName("token_uri")] string TokenUri)
{
    /// <summary>Reads a key file. The refusal never repeats what the file holds.</summary>
    public static (ServiceAccount? Account, Problem? Problem) Read(string json, string field)
    {
        ServiceAccount? account;
        try
        {
            account = JsonSerializer.Deserialize<ServiceAccount>(json);
        }
        catch (JsonException)
        {
            return (null, new Problem(field, "is not JSON"));
        }

        var missing = account switch
        {
            null => "must be an object",
            { Type: not "service_account" } => "must be the key file of a service account (type \"service_account\")",
            { ProjectId: null or "" } => "has no project_id",
            { ClientEmail: null or "" } => "has no client_email",
            { PrivateKey: null or "" } => "has no private_key",
            _ when !Uri.TryCreate(account.TokenUri, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") => "has no token_uri",
            _ when !HasRsaKey(account.PrivateKey) => "has a private_key that is not an RSA key",
            _ => null,
        };
        return missing is null ? (account, null) : (null, new Problem(field, missing));
    }

    private static bool HasRsaKey(string pem)
    {
        try
        {
            using var key = RSA.Create();
            key.ImportFromPem(pem);
            return true;
        }
        catch (Exception failure) when (failure is ArgumentException or CryptographicException)
        {
            return false;
        }
    }
}
