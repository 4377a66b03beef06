using Microsoft.Extensions.Logging.Abstractions;

namespace Rondo.Engine.Tests;

/// <summary>A real store in a folder of its own, deleted afterwards.</summary>
internal sealed class TemporaryStore : IAsyncDisposable
{
    private readonly string _directory = System.IO.Directory.CreateTempSubdirectory("rondo-store-").FullName;
    private readonly EngineOptions _options;
    private bool _isClosed;

    public TemporaryStore(EngineOptions? options = null)
    {
        _options = options ?? new EngineOptions { SealAfter = TimeSpan.FromDays(1) };
        Store = EventStore.Open(_directory, _options, TimeProvider.System, NullLogger.Instance);
    }

    public string Directory => _directory;

    public EventStore Store { get; private set; }

    public async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = EventStore.Open(_directory, _options, TimeProvider.System, NullLogger.Instance);
    }

    /// <summary>Closes the store and leaves its folder.</summary>
    public async Task CloseAsync()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            await Store.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        System.IO.Directory.Delete(_directory, recursive: true);
    }
}
