using System.Net.Http.Headers;
using Rondo.Server.Commands;

namespace Rondo.Server.Hosting;

/// <summary>
/// A way to the server of a data folder: the one that has the folder open, or one started in this process on a free port of
/// this machine. Commands speak HTTP to either, so there is one path.
/// </summary>
internal sealed class ServerConnection : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly RondoServer? _own;

    private ServerConnection(ServerNote note, RondoServer? own)
    {
        _own = own;
        Http = new HttpClient { BaseAddress = new Uri(note.Url), Timeout = Timeout.InfiniteTimeSpan };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", note.AdminToken);
    }

    /// <summary>Carries the operator's token.</summary>
    public HttpClient Http { get; }

    public static async Task<ServerConnection> OpenAsync(string dataDirectory, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (DataFolder.TryTake(dataDirectory) is { } folder)
            {
                var settings = new ServerSettings { DataDirectory = dataDirectory, Urls = "http://127.0.0.1:0", LogLevel = LogLevel.Warning, IsForOneCommand = true };
                var own = await RondoServer.StartAsync(settings, folder, cancellationToken);
                return new ServerConnection(own.Note, own);
            }

            if (DataFolder.ReadNote(dataDirectory) is { } note && await AnswersAsync(note, cancellationToken))
            {
                return new ServerConnection(note, null);
            }

            // Somebody has the folder and does not answer yet: starting up, or just going down.
            if (TimeProvider.System.GetElapsedTime(started) > Patience)
            {
                throw new CommandFailure(ExitCode.FolderInUse, $"'{dataDirectory}' is in use by a server that does not answer.");
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_own is not null)
        {
            await _own.DisposeAsync();
        }
    }

    private static async Task<bool> AnswersAsync(ServerNote note, CancellationToken cancellationToken)
    {
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri(note.Url), Timeout = TimeSpan.FromSeconds(5) };
            using var reply = await http.GetAsync(new Uri("/healthz", UriKind.Relative), cancellationToken);
            return reply.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
