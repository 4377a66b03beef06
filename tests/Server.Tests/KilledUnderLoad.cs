using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using Rondo.Running;

namespace Rondo.Server.Tests;

/// <summary>
/// The server is killed at random instants while clients send, parts are sealed and joined, and persons are erased: what was
/// acknowledged is there, once, and who was erased is not. 20 kills; RONDO_KILLS asks for more, RONDO_KILL_SEED for another order.
/// </summary>
public sealed class KilledUnderLoad : IDisposable
{
    private const int Clients = 3;

    /// <summary>Every so many servers are killed only once somebody was erased: a server that has just started is seldom that far.</summary>
    private const int SparedUntilErasure = 4;
    private readonly string _data = Directory.CreateTempSubdirectory("rondo-kill-").FullName;

    private static int Kills => Setting("RONDO_KILLS", 20);

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    [Trait("Category", "Long")]
    public async Task Every_acknowledged_event_is_there_once_and_nobody_erased_comes_back()
    {
        var made = await ServerProcess.RunAsync("projects", "create", "Killed", "--secret", "killed-secret", "--data", _data);
        made.ExitCode.ShouldBe(0, made.Errors);
        var sender = new Sender("killed-secret");
        var erased = new ConcurrentBag<string>();
        var random = new Random(Setting("RONDO_KILL_SEED", 20261123));
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var server = await ServerProcess.StartAsync(_data, "serve", "--seal-after", "300");
            using var stopping = new CancellationTokenSource();
            var clients = Enumerable.Range(0, Clients).Select(client => sender.SendAsync(server.Address, $"{kill}-{client}", stopping.Token)).ToList();
            var firstErased = new TaskCompletionSource();
            clients.Add(EraseAsync(server, sender, $"victim-{kill}", victim =>
            {
                erased.Add(victim);
                firstErased.TrySetResult();
            }, stopping.Token));
            if (kill % SparedUntilErasure == 0)
            {
                await firstErased.Task.WaitAsync(TimeSpan.FromMinutes(5));
            }

            await Task.Delay(random.Next(50, 900));
            await server.KillAsync();
            await stopping.CancelAsync();
            await Task.WhenAll(clients);
        }

        sender.Acknowledged.Count.ShouldBeGreaterThan(Kills * 40);
        erased.Count.ShouldBeGreaterThanOrEqualTo(Kills / SparedUntilErasure);
        var stored = await Sender.StoredAsync("Killed", _data);
        stored.Count.ShouldBe(stored.Distinct().Count(), "an event is stored twice");
        sender.Acknowledged.Except(stored).ShouldBeEmpty("acknowledged events are missing");
        stored.Where(id => erased.Contains(id[..Math.Max(0, id.LastIndexOf('/'))])).ShouldBeEmpty("an erased person came back");

        // An erasure that was not acknowledged was carried out or not; it never took a part of somebody.
        var victims = stored.Where(id => id.StartsWith("victim", StringComparison.Ordinal)).GroupBy(id => id[..id.LastIndexOf('/')]).ToList();
        victims.ShouldAllBe(victim => victim.Count() == Sender.EventsOfVictim);
        var doctor = await ServerProcess.RunAsync("doctor", "--data", _data);
        doctor.ExitCode.ShouldBe(0, doctor.Output);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Kills} kills, {sender.Acknowledged.Count} events acknowledged, {erased.Count} persons erased, {victims.Count} not");
    }

    /// <summary>Sends events of a person and has the person erased, again and again.</summary>
    private static async Task EraseAsync(ServerProcess server, Sender sender, string name, Action<string> erased, CancellationToken cancellationToken)
    {
        for (var number = 0; !cancellationToken.IsCancellationRequested; number++)
        {
            var victim = $"{name}-{number}";
            try
            {
                if (!await sender.SendVictimAsync(server.Address, victim))
                {
                    continue;
                }

                using var reply = await server.Http.DeleteAsync(new Uri($"/api/v1/people?project=Killed&id={victim}", UriKind.Relative), CancellationToken.None);
                if (reply.IsSuccessStatusCode)
                {
                    erased(victim);
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException)
            {
                return;
            }
        }
    }

    private static int Setting(string name, int absent) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? int.Parse(value, CultureInfo.InvariantCulture) : absent;
}
