using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Rondo.Running;

namespace Rondo.Server.Tests;

/// <summary>
/// One person whose profile counts songs, one update after another. Counting shows what setting cannot: an update that is
/// carried out again when the log is read.
/// </summary>
internal sealed class Listener(string project, string token)
{
    private const string Name = "listener";
    private int _onTheirWay;

    /// <summary>Songs that the server said it keeps.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>Counts until told to stop, or until the server is gone.</summary>
    public async Task ListenAsync(Uri address, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = address };
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                object[] updates = [new Dictionary<string, object> { ["$token"] = token, ["$distinct_id"] = Name, ["$add"] = new { songs = 1 } }];
                using var reply = await http.PostAsJsonAsync("/engage", updates, CancellationToken.None);
                var answer = await reply.Content.ReadAsStringAsync(CancellationToken.None);
                if (answer != "1")
                {
                    throw new InvalidOperationException($"The server answered a profile update with {answer}");
                }

                Acknowledged++;
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException)
            {
                _onTheirWay++;
                return;
            }
        }
    }

    /// <summary>A server that was started anew knows what was acknowledged, and of what was on its way at each kill as much as it may.</summary>
    public async Task CompareAsync(ServerProcess server)
    {
        using var reply = await server.Http.GetAsync(new Uri($"/api/v1/people/profile?project={project}&id={Name}", UriKind.Relative), CancellationToken.None);
        if (Acknowledged > 0 || reply.IsSuccessStatusCode)
        {
            var body = await reply.Content.ReadAsStringAsync(CancellationToken.None);
            reply.IsSuccessStatusCode.ShouldBeTrue(body);
            var songs = JsonDocument.Parse(body).RootElement.GetProperty("profile").GetProperty("songs").GetInt32();
            songs.ShouldBeInRange(Acknowledged, Acknowledged + _onTheirWay, "a profile lost an acknowledged update, or one was carried out twice");
            Acknowledged = songs;
        }

        _onTheirWay = 0;
    }
}
