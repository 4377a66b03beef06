using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Rondo.Model.Stores;

namespace Rondo.Engine;

/// <summary>The embedded stores of a server: one folder per project, named by its number.</summary>
/// <param name="directory">Where the folders are.</param>
/// <param name="options">Settings of every store.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="loggerFactory">Where stores report trouble.</param>
public sealed class EngineStores(string directory, EngineOptions options, TimeProvider timeProvider, ILoggerFactory loggerFactory) : IEventStores, IAsyncDisposable
{
    private readonly ConcurrentDictionary<ProjectId, Lazy<Task<EventStore>>> _stores = new();

    /// <inheritdoc/>
    public async ValueTask<IEventStore> OpenAsync(ProjectId project, CancellationToken cancellationToken)
    {
        var opening = _stores.GetOrAdd(project, id => new Lazy<Task<EventStore>>(() => Task.Run(() => Open(id))));
        try
        {
            return await opening.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch when (opening.Value.IsFaulted)
        {
            // A store that could not be opened is tried again the next time it is asked for.
            _stores.TryRemove(new KeyValuePair<ProjectId, Lazy<Task<EventStore>>>(project, opening));
            throw;
        }
    }

    /// <inheritdoc/>
    public bool Exists(ProjectId project) => Directory.Exists(DirectoryOf(project)) && Directory.EnumerateFileSystemEntries(DirectoryOf(project)).Any();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var opening in _stores.Values.Where(store => store.IsValueCreated && !store.Value.IsFaulted))
        {
            await (await opening.Value.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
    }

    private string DirectoryOf(ProjectId project) => Path.Combine(directory, project.Value.ToString(CultureInfo.InvariantCulture));

    private EventStore Open(ProjectId project) => EventStore.Open(
        DirectoryOf(project),
        options,
        timeProvider,
        loggerFactory.CreateLogger<EventStore>());
}
