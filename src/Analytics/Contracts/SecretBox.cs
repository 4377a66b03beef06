using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Rondo.Analytics.Contracts;

/// <summary>Encrypts secrets of other services before they are stored. Thread-safe.</summary>
/// <param name="protection">Holds the keys, which lie in the data folder.</param>
/// <param name="purpose">What the secrets are for; one purpose cannot read another's. Stored secrets depend on it, so it never changes.</param>
public sealed class SecretBox(IDataProtectionProvider protection, string purpose)
{
    private readonly IDataProtector _protector = protection.CreateProtector(purpose);

    /// <summary>The secret as it may be stored.</summary>
    public string Close(string secret) => _protector.Protect(secret);

    /// <summary>The secret; null when there is none, or the keys it was encrypted with are gone.</summary>
    public string? Open(string? closed)
    {
        if (closed is null)
        {
            return null;
        }

        try
        {
            return _protector.Unprotect(closed);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
