using System.Globalization;
using Rondo.Analytics.Contracts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.AudienceSync.Destinations;

/// <summary>Makes the destination that a connection's settings describe.</summary>
internal sealed class DestinationFactory(AnalyticsOptions options, TimeProvider time)
{
    /// <summary>Mixpanel tells of two thousand refused records one by one.</summary>
    private const int LongestAnswerBytes = 2 * 1024 * 1024;

    /// <summary>The caller's, who disposes it.</summary>
    public IAudienceDestination Create(ConnectionSettings settings, ProjectId project) => settings switch
    {
        BrazeConnection braze => new BrazeDestination(braze, CreateClient(), time),
        WebhookConnection webhook => new WebhookDestination(webhook, CreateClient(), time),
        FolderConnection folder => new FolderDestination(Path.Combine(options.Directory, "exports", project.Value.ToString(CultureInfo.InvariantCulture), folder.Folder)),
        BucketConnection bucket => new BucketDestination(bucket, CreateClient, options.Integrations.CallTimeout),
        _ => throw new InvalidOperationException($"{settings.GetType().Name} is not a kind of connection."),
    };

    /// <summary>Where a connection's files go; the caller's, who disposes it.</summary>
    public IFilePlace CreateFilePlace(ConnectionSettings settings, ProjectId project) => (IFilePlace)Create(settings, project);

    /// <summary>A client whose calls are guarded; the caller's, who disposes it.</summary>
    public HttpClient CreateClient() => new(GuardedHandler.Create(options.Integrations.CallTimeout, options.Integrations.AllowPrivateAddresses))
    {
        Timeout = options.Integrations.CallTimeout,
        MaxResponseContentBufferSize = LongestAnswerBytes,
    };
}
