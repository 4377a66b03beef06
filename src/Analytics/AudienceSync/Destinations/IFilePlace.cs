namespace Rondo.Analytics.AudienceSync.Destinations;

/// <summary>A place that holds files. Thread-safe.</summary>
internal interface IFilePlace : IAsyncDisposable
{
    /// <summary>Writes a file, which appears whole or not at all. Names may hold slashes. Never throws for what a disk or a network does.</summary>
    Task<DestinationAnswer> WriteAsync(string name, byte[] content, CancellationToken cancellationToken);

    /// <summary>Asks whether it would take a file.</summary>
    Task<DestinationAnswer> TestAsync(CancellationToken cancellationToken);
}
