using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Campaigns;
using Rondo.Engagement.Channels;
using Rondo.Engagement.Channels.Sandbox;
using Rondo.Engagement.Channels.Smtp;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Conversions;
using Rondo.Engagement.Data;
using Rondo.Engagement.Delivery;
using Rondo.Engagement.Links;
using Rondo.Engagement.Personalisation;
using Rondo.Engagement.Segments;

namespace Rondo.Engagement;

/// <summary>Puts engagement into a host.</summary>
public static class EngagementServices
{
    /// <summary>
    /// Registers segments, campaigns, channels and delivery, and the loops that run them. Needs <c>IEventStores</c>, analytics'
    /// contracts, <see cref="TimeProvider"/> and logging. Keys that encrypt secrets are kept in <c>keys</c> under the data
    /// directory. Throws when the options cannot be used.
    /// </summary>
    /// <exception cref="ArgumentException">The options are refused; the message says which and why.</exception>
    public static IServiceCollection AddRondoEngagement(this IServiceCollection services, EngagementOptions options)
    {
        if (options.Problem() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        services.AddDataProtection().SetApplicationName("Rondo").PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(options.DataDirectory, "keys")));
        services.AddSingleton(options);
        services.AddSingleton<EngagementDatabase>();
        services.AddSingleton<IErasedFile>(provider => provider.GetRequiredService<EngagementDatabase>());
        services.AddSingleton(provider => new SecretBox(provider.GetRequiredService<IDataProtectionProvider>(), "Rondo.Engagement.Secrets"));
        services.AddSingleton<Signals>();

        services.AddSingleton<SegmentDirectory>();
        services.AddSingleton<IDefinitionUser, EngagementDefinitionUser>();
        services.AddSingleton<ISegments>(provider => provider.GetRequiredService<SegmentDirectory>());

        services.AddSingleton<TemplateEngine>();
        services.AddSingleton<LinkSigner>();
        services.AddSingleton<MessageUrls>();
        services.AddSingleton<MessageRenderer>();
        services.AddSingleton<MessageLinks>();
        services.AddSingleton<IMessageLinks>(provider => provider.GetRequiredService<MessageLinks>());

        services.AddSingleton<ChannelDesk>();
        services.AddSingleton<IChannelSettings>(provider => provider.GetRequiredService<ChannelDesk>());
        services.AddSingleton<IChannelHealth>(provider => provider.GetRequiredService<ChannelDesk>());
        services.AddSingleton<INoticeMail, NoticeMail>();
        services.AddSingleton<SandboxStore>();
        services.AddSingleton<IForgetsPeople>(provider => provider.GetRequiredService<SandboxStore>());
        services.AddSingleton<IErasedFile>(provider => provider.GetRequiredService<SandboxStore>());
        services.AddSingleton<SandboxChannel>();
        services.AddSingleton<ISandbox>(provider => provider.GetRequiredService<SandboxChannel>());
        services.AddSingleton<ChannelProviders>();

        services.AddSingleton<Ledger>();
        services.AddSingleton<IForgetsPeople>(provider => provider.GetRequiredService<Ledger>());
        services.AddSingleton<CampaignBook>();
        services.AddSingleton<CampaignWatch>();
        services.AddSingleton<MessageComposer>();
        services.AddSingleton<Dispatcher>();
        services.AddSingleton<MessageEventReporter>();
        services.AddSingleton<AudienceEnrolment>();
        services.AddSingleton<PlanProblems>();
        services.AddSingleton<CampaignResultsDesk>();
        services.AddSingleton<CampaignDirectory>();
        services.AddSingleton<ICampaigns>(provider => provider.GetRequiredService<CampaignDirectory>());
        services.AddSingleton<ICampaignHistory>(provider => provider.GetRequiredService<CampaignDirectory>());
        services.AddSingleton<IReceivedCampaigns, ReceivedCampaignDesk>();
        services.AddSingleton<LogReader>();

        services.AddSingleton<CampaignClock>();
        services.AddSingleton<DeliveryLoop>();
        services.AddSingleton<ReportingLoop>();
        services.AddSingleton<LogReadingLoop>();
        services.AddHostedService<DatabaseOpener>();
        services.AddHostedService(provider => provider.GetRequiredService<DeliveryLoop>());
        services.AddHostedService(provider => provider.GetRequiredService<CampaignClock>());
        services.AddHostedService(provider => provider.GetRequiredService<ReportingLoop>());
        services.AddHostedService(provider => provider.GetRequiredService<LogReadingLoop>());
        return services;
    }
}
