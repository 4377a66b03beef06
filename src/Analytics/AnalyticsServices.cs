using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Rondo.Analytics.AudienceSync;
using Rondo.Analytics.AudienceSync.Data;
using Rondo.Analytics.AudienceSync.Destinations;
using Rondo.Analytics.Cohorts;
using Rondo.Analytics.Cohorts.Live;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Data;
using Rondo.Analytics.Ingestion;
using Rondo.Analytics.Lexicon;
using Rondo.Analytics.Profiles;
using Rondo.Analytics.Projects;
using Rondo.Analytics.Reports;
using Rondo.Analytics.Streaming;
using Rondo.Analytics.Streaming.Receivers;

namespace Rondo.Analytics;

/// <summary>Puts the analytics half into a host.</summary>
public static class AnalyticsServices
{
    /// <summary>
    /// Registers everything in <c>Contracts</c>. The host provides <see cref="Rondo.Model.Stores.IEventStores"/>,
    /// <see cref="TimeProvider"/>, metrics and logging. All services are singletons and thread-safe.
    /// </summary>
    public static IServiceCollection AddRondoAnalytics(this IServiceCollection services, AnalyticsOptions options)
    {
        options.Check();
        services.AddSingleton(options);
        services.AddSingleton<AnalyticsDatabase>();

        services.AddSingleton<IDefinitionUser, AnalyticsDefinitionUser>();
        services.AddSingleton(provider => new Lazy<IEnumerable<IDefinitionUser>>(provider.GetServices<IDefinitionUser>));
        services.AddSingleton<DefinitionDirectory>();
        services.AddSingleton<IDefinitions>(provider => provider.GetRequiredService<DefinitionDirectory>());

        services.AddSingleton<ProjectDirectory>();
        services.AddSingleton<IProjects>(provider => provider.GetRequiredService<ProjectDirectory>());

        services.AddSingleton<IngestionCounters>();
        services.AddSingleton<IngestionPipeline>();
        services.AddSingleton<IIngestion>(provider => provider.GetRequiredService<IngestionPipeline>());
        services.AddSingleton<IIntake>(provider => provider.GetRequiredService<IngestionPipeline>());

        services.AddSingleton<CohortMemberships>();
        services.AddSingleton<CohortGate>();
        services.AddSingleton<LiveMailbox>();
        services.AddSingleton<LiveMetrics>();
        services.AddSingleton<MembershipFeed>();
        services.AddSingleton<MembershipJournal>();
        services.AddSingleton<IMemberships>(provider => provider.GetRequiredService<MembershipJournal>());
        services.AddSingleton<CohortDirectory>();
        services.AddSingleton<ICohorts>(provider => provider.GetRequiredService<CohortDirectory>());

        services.AddSingleton<IReports, ReportDesk>();
        services.AddSingleton<IPeople, PeopleDirectory>();
        services.AddSingleton<ILexicon, EventLexicon>();

        services.AddDataProtection().SetApplicationName("Rondo").PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(options.Directory, "keys")));
        services.AddSingleton<IntegrationsDatabase>();
        services.AddSingleton<IErasedFile>(provider => provider.GetRequiredService<IntegrationsDatabase>());
        services.AddSingleton<DestinationFactory>();
        services.AddSingleton<ConnectionDirectory>();
        services.AddSingleton<IConnections>(provider => provider.GetRequiredService<ConnectionDirectory>());
        services.AddSingleton<SyncSchedule>();
        services.AddSingleton<SyncPlanner>();
        services.AddSingleton<SyncRunner>();
        services.AddSingleton<SyncLoop>();
        services.AddSingleton<ICohortSyncs, SyncDirectory>();
        services.AddSingleton<IForgetsPeople, SyncRecord>();
        services.AddSingleton<IReceivedCohorts, ReceivedCohortDirectory>();

        services.AddSingleton<ReceiverFactory>();
        services.AddSingleton<StreamLags>();
        services.AddSingleton<StreamSessions>();
        services.AddSingleton<StreamLoop>();
        services.AddSingleton<IEventStreams, StreamDirectory>();
        services.AddSingleton<IForgetsPeople, StreamRecord>();

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DatabaseOpener>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, UnfinishedErasures>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, CounterWriter>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, LiveCohorts>());
        services.AddHostedService(provider => provider.GetRequiredService<SyncLoop>());
        services.AddHostedService(provider => provider.GetRequiredService<StreamLoop>());
        return services;
    }
}
