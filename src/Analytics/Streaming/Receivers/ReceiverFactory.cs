using NodaTime;
using Rondo.Analytics.AudienceSync.Destinations;
using Rondo.Analytics.Contracts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Streaming.Receivers;

/// <summary>Makes the receiver that a connection and a stream's settings describe.</summary>
internal sealed class ReceiverFactory(DestinationFactory destinations, AnalyticsOptions options, TimeProvider time)
{
    public static readonly Duration UsualFileInterval = Duration.FromMinutes(5);

    /// <summary>The caller's, who disposes it.</summary>
    /// <param name="connection">Where to; one that takes events.</param>
    /// <param name="project">Whose events.</param>
    /// <param name="application">The project's token.</param>
    /// <param name="stream">The stream; the default for a test.</param>
    /// <param name="settings">What and how; null for a test.</param>
    public IEventReceiver Create(ConnectionSettings connection, ProjectId project, string application, StreamId stream, StreamSettings? settings) => connection switch
    {
        CurrentsConnection currents => new CurrentsReceiver(currents, destinations.CreateClient(), application, time),
        MixpanelConnection mixpanel => new MixpanelReceiver(mixpanel, destinations.CreateClient(), application, time),
        { TakesFiles: true } => new FileReceiver(
            destinations.CreateFilePlace(connection, project),
            stream,
            settings?.Format ?? StreamFileFormat.Ndjson,
            settings?.FileInterval ?? UsualFileInterval,
            options.Integrations.EventsPerFile,
            application,
            time),
        _ => throw new InvalidOperationException($"{connection.GetType().Name} takes no events."),
    };
}
