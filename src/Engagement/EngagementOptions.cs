namespace Rondo.Engagement;

/// <summary>Limits, places and intervals of engagement. Checked when the server starts.</summary>
public sealed record EngagementOptions
{
    /// <summary>Folder of the control data (<c>engagement.db</c>), the sandbox's messages and the keys. Required.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Where people reach this server: the start of pixel, click and unsubscribe addresses. Required, http or https.</summary>
    public required Uri PublicUrl { get; init; }

    /// <summary>How often due campaigns and due messages are looked for when nothing announces them. Default 1 s.</summary>
    public TimeSpan ClockInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Messages of one project and channel that are on their way to a provider at once, 1 to 1000. Default 100.</summary>
    public int MaximumInFlight { get; init; } = 100;

    /// <summary>Connections kept to one mail server, 1 to 50. Default 4.</summary>
    public int MaximumSmtpConnections { get; init; } = 4;

    /// <summary>How long one provider call may take. Default 15 s.</summary>
    public TimeSpan ProviderTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Whether a project's push provider may lie at a loopback, link-local or private address. Default true: whoever sets an
    /// endpoint runs the server. Turn it off where projects belong to strangers. Mail servers are not bound by it, since
    /// relays commonly stand in the same network.
    /// </summary>
    public bool AllowPrivateProviderAddresses { get; init; } = true;

    /// <summary>How often a refused-for-now message is tried in all. Default 8.</summary>
    public int MaximumAttempts { get; init; } = 8;

    /// <summary>Wait before the second attempt; it doubles with each further one. Default 5 s.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait between two attempts, also when a provider asks for more. Default 1 h.</summary>
    public TimeSpan MaximumRetryDelay { get; init; } = TimeSpan.FromHours(1);

    /// <summary>An event older than this when it is received starts no campaign: it was imported, not lived. Default 10 min.</summary>
    public TimeSpan TriggerTolerance { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Statements, loop turns and filters that one template may execute. Default 10,000.</summary>
    public int MaximumTemplateSteps { get; init; } = 10_000;

    /// <summary>Characters that one template may produce, and that any value inside it may hold. Default 200,000.</summary>
    public int MaximumTemplateOutput { get; init; } = 200_000;

    /// <summary>How long the sandbox takes to accept a message. Default 5 ms.</summary>
    public TimeSpan SandboxLatency { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>The first problem, in words; null when the options can be used.</summary>
    internal string? Problem() => this switch
    {
        { DataDirectory: null or "" } => "DataDirectory must name a folder.",
        { PublicUrl: not { IsAbsoluteUri: true, Scheme: "http" or "https" } } => "PublicUrl must be an absolute http or https address.",
        _ when ClockInterval <= TimeSpan.Zero => "ClockInterval must be positive.",
        { MaximumInFlight: < 1 or > 1000 } => "MaximumInFlight must be 1 to 1000.",
        { MaximumSmtpConnections: < 1 or > 50 } => "MaximumSmtpConnections must be 1 to 50.",
        _ when ProviderTimeout <= TimeSpan.Zero => "ProviderTimeout must be positive.",
        { MaximumAttempts: < 1 } => "MaximumAttempts must be 1 or more.",
        _ when RetryDelay <= TimeSpan.Zero || MaximumRetryDelay < RetryDelay => "RetryDelay must be positive and at most MaximumRetryDelay.",
        _ when TriggerTolerance <= TimeSpan.Zero => "TriggerTolerance must be positive.",
        { MaximumTemplateSteps: < 1 } => "MaximumTemplateSteps must be 1 or more.",
        { MaximumTemplateOutput: < 1 } => "MaximumTemplateOutput must be 1 or more.",
        _ when SandboxLatency < TimeSpan.Zero => "SandboxLatency must not be negative.",
        _ => null,
    };
}
