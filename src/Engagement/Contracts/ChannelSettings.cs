using Rondo.Model;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Contracts;

/// <summary>Which provider carries a channel of a project.</summary>
public enum Provider
{
    /// <summary>None: the channel cannot send.</summary>
    None = 0,

    /// <summary>The built-in stand-in that behaves like a provider, for trying out and for the sample company.</summary>
    Sandbox = 1,

    /// <summary>Firebase Cloud Messaging, HTTP v1.</summary>
    Fcm = 2,

    /// <summary>A mail server.</summary>
    Smtp = 3,
}

/// <summary>Settings of Firebase Cloud Messaging.</summary>
/// <param name="ServiceAccountJson">The service account's key file; write-only: read back as null.</param>
/// <param name="Endpoint">Base address, default https://fcm.googleapis.com; the token address is in the key file.</param>
public sealed record FcmSettings(string? ServiceAccountJson, string? Endpoint);

/// <summary>Settings of a mail server.</summary>
/// <param name="Host">Name or address.</param>
/// <param name="Port">Default 587.</param>
/// <param name="Security">none, startTls or tls.</param>
/// <param name="User">May be null: no sign-in.</param>
/// <param name="Password">Write-only: read back as null; null keeps the stored one.</param>
/// <param name="From">Sender, "Name &lt;address&gt;".</param>
/// <param name="ReplyTo">May be null.</param>
public sealed record SmtpSettings(string Host, int Port, string Security, string? User, string? Password, string From, string? ReplyTo);

/// <summary>How a project sends.</summary>
public sealed record ChannelSettings(Provider Push, Provider Email, FcmSettings? Fcm, SmtpSettings? Smtp);

/// <summary>Reads and changes how a project sends. Secrets are encrypted at rest and never read back.</summary>
public interface IChannelSettings
{
    /// <summary>The settings, secrets left out.</summary>
    Task<ChannelSettings> GetAsync(ProjectId project, CancellationToken cancellationToken);

    /// <summary>Changes them; a null secret keeps the stored one.</summary>
    Task<Outcome<ChannelSettings>> ChangeAsync(ProjectId project, ChannelSettings settings, CancellationToken cancellationToken);
}
