using Microsoft.AspNetCore.Identity;

namespace Rondo.Web.Accounts;

/// <summary>Somebody who may sign in. Every account of this release may do everything.</summary>
public sealed class Account : IdentityUser
{
    /// <summary>Shown in the rail; never empty.</summary>
    public string DisplayName { get; set; } = string.Empty;
}

/// <summary>A link that lets somebody in once. Only a hash of its key is stored.</summary>
public sealed class SignInLink
{
    /// <summary>SHA-256 of the key, in hex.</summary>
    public string KeyHash { get; set; } = string.Empty;

    /// <summary>The account it signs in; null for the link that creates the first one.</summary>
    public string? AccountId { get; set; }

    /// <summary>Unix seconds after which it no longer works.</summary>
    public long ExpiresAt { get; set; }
}
