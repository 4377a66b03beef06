using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Rondo.HttpApi;

/// <summary>What the Authorization header says.</summary>
/// <param name="Bearer">The key of a bearer header; null otherwise.</param>
/// <param name="User">The user of a basic header; null otherwise.</param>
/// <param name="Password">The password of a basic header; empty when there is none.</param>
internal sealed record Credentials(string? Bearer, string? User, string Password)
{
    private const string BasicPrefix = "Basic ";
    private const string BearerPrefix = "Bearer ";

    /// <summary>Null when the header is missing or of another scheme.</summary>
    public static Credentials? Of(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return new Credentials(header[BearerPrefix.Length..].Trim(), null, string.Empty);
        }

        return header.StartsWith(BasicPrefix, StringComparison.OrdinalIgnoreCase) ? OfBasic(header[BasicPrefix.Length..].Trim()) : null;
    }

    /// <summary>Compares in a time that does not tell how much of a guess was right.</summary>
    public static bool AreEqual(string? secret, string? guess) =>
        secret is not null && guess is not null && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(secret)), SHA256.HashData(Encoding.UTF8.GetBytes(guess)));

    private static Credentials OfBasic(string value)
    {
        // Mixpanel also takes user:password as plain text, which no base64 text contains a colon of.
        if (!value.Contains(':', StringComparison.Ordinal))
        {
            var bytes = new byte[value.Length];
            value = Convert.TryFromBase64String(value, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : value;
        }

        var colon = value.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? new Credentials(null, value, string.Empty) : new Credentials(null, value[..colon], value[(colon + 1)..]);
    }
}
