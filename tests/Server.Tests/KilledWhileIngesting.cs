using Rondo.Running;

namespace Rondo.Server.Tests;

/// <summary>The server is killed at random instants while clients send: what was acknowledged is there, once.</summary>
public sealed class KilledWhileIngesting : IDisposable
{
    private const int Kills = 20;
    private const int Clients = 3;
    private readonly string _data = Directory.CreateTempSubdirectory("rondo-kill-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    [Trait("Category", "Long")]
    public async Task Every_acknowledged_event_is_there_once_and_no_event_twice()
    {
        var made = await ServerProcess.RunAsync("projects", "create", "Killed", "--secret", "killed-secret", "--data", _data);
        made.ExitCode.ShouldBe(0, made.Errors);
        var sender = new Sender("killed-secret");
        var random = new Random(20261123);
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var server = await ServerProcess.StartAsync(_data, "serve", "--seal-after", "500");
            using var stopping = new CancellationTokenSource();
            var clients = Enumerable.Range(0, Clients).Select(client => sender.SendAsync(server.Address, $"{kill}-{client}", stopping.Token)).ToArray();
            await Task.Delay(random.Next(150, 1500));
            await server.KillAsync();
            await stopping.CancelAsync();
            await Task.WhenAll(clients);
        }

        sender.Acknowledged.Count.ShouldBeGreaterThan(Kills * 40);
        var stored = await Sender.StoredAsync("Killed", _data);
        stored.Count.ShouldBe(stored.Distinct().Count(), "an event is stored twice");
        sender.Acknowledged.Except(stored).ShouldBeEmpty("acknowledged events are missing");
    }
}
