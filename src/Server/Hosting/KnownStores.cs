using System.Collections.Concurrent;
using System.Globalization;
using Rondo.Analytics.Contracts;
using Rondo.Engine;
using Rondo.Model.Stores;

namespace Rondo.Server.Hosting;

/// <summary>
/// The stores of a data folder. One that is to be opened where nothing is was never used, or was lost: the counters of what the
/// project has taken tell which. They are written every two seconds, so a project lost within two seconds of its first event
/// looks unused.
/// </summary>
/// <param name="stores">The stores; disposed with this.</param>
/// <param name="folder">The data folder.</param>
/// <param name="ingestion">Who counts. Asked for late, since it uses the stores.</param>
internal sealed class KnownStores(EngineStores stores, string folder, Func<IIngestion> ingestion) : IEventStores, IAsyncDisposable
{
    private readonly ConcurrentDictionary<ProjectId, bool> _opened = new();

    /// <inheritdoc/>
    /// <exception cref="StoreDamagedException">The project has taken events and has no folder.</exception>
    public async ValueTask<IEventStore> OpenAsync(ProjectId project, CancellationToken cancellationToken)
    {
        if (!_opened.ContainsKey(project))
        {
            RequireNotLost(project);
        }

        var store = await stores.OpenAsync(project, cancellationToken);
        _opened[project] = true;
        return store;
    }

    /// <inheritdoc/>
    public bool Exists(ProjectId project) => stores.Exists(project);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => stores.DisposeAsync();

    private void RequireNotLost(ProjectId project)
    {
        if (!stores.Exists(project) && ingestion().CountsOf(project) is { } counts && counts.Events + counts.ProfileUpdates is var records and > 0)
        {
            throw new StoreDamagedException(string.Create(
                CultureInfo.InvariantCulture,
                $"{ControlDatabases.EventFolderOf(folder, project.Value)} is missing or empty, and project {project.Value} has taken {records} events and profile updates. Nothing was changed. Restore the folder from a backup; 'rondo doctor' lists what is damaged."));
        }
    }
}
