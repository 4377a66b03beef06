using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Rondo.Engagement.Channels;

/// <summary>Encrypts providers' secrets before they are stored.</summary>
internal sealed class SecretBox(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("Rondo.Engagement.Secrets");

    public string Close(string secret) => _protector.Protect(secret);

    /// <summary>The secret; null when the keys it was encrypted with are gone.</summary>
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
