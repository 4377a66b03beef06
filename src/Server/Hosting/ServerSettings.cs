using Rondo.Analytics;
using Rondo.Engagement;
using Rondo.Engine;
using Rondo.HttpApi;

namespace Rondo.Server.Hosting;

/// <summary>What a server is started with.</summary>
public sealed record ServerSettings
{
    /// <summary>Where everything is kept; created when missing.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Addresses to listen on, separated by semicolons. Default http://127.0.0.1:8080; port 0 takes a free one.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:8080";

    /// <summary>Where people reach this server, for the links in messages. Default the first address listened on.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Changes the settings of the engagement half.</summary>
    public Func<EngagementOptions, EngagementOptions> Engagement { get; init; } = options => options;

    /// <summary>
    /// Whether the server lives for one command only. It answers requests as any other and does nothing of its own accord:
    /// listing projects must not send messages.
    /// </summary>
    public bool IsForOneCommand { get; init; }

    /// <summary>The clock. Default the machine's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The least important log lines that are written, to standard error. Default information.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Settings of the store.</summary>
    public EngineOptions Engine { get; init; } = new();

    /// <summary>Changes the settings of the analytics half.</summary>
    public Func<AnalyticsOptions, AnalyticsOptions> Analytics { get; init; } = options => options;

    /// <summary>The settings of the analytics half with this much freedom for connections to other products.</summary>
    public static Func<AnalyticsOptions, AnalyticsOptions> Integrating(bool allowsPrivateAddresses) =>
        options => options with { Integrations = options.Integrations with { AllowPrivateAddresses = allowsPrivateAddresses } };

    /// <summary>Changes the settings of the HTTP interfaces.</summary>
    public Func<HttpApiOptions, HttpApiOptions> HttpApi { get; init; } = options => options;
}
