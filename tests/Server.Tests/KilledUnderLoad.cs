using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Rondo.Running;

namespace Rondo.Server.Tests;

/// <summary>
/// The server is killed at random instants while clients send events and profile updates, and send again what was not answered,
/// some events are refused, parts are sealed and joined, devices become members' and persons are erased. 20 kills; RONDO_KILLS
/// asks for more, RONDO_KILL_SEED for another order.
/// </summary>
public sealed class KilledUnderLoad : IDisposable
{
    private const int Clients = 3;

    /// <summary>The first client of each server does not send again what the kill left unanswered.</summary>
    private const int ClientThatGivesUp = 0;

    /// <summary>Writers wait while eight times as many events are in memory, so no head holds ten times as many.</summary>
    private const int SealAfter = 300;
    private const string Token = "0123456789abcdef0123456789abcdef";

    /// <summary>Every so many servers are killed only once somebody was erased: a server that has just started is seldom that far.</summary>
    private const int SparedUntilErasure = 4;
    private readonly string _data = Directory.CreateTempSubdirectory("rondo-kill-").FullName;
    private readonly Sender _sender = new("killed-secret");
    private readonly Listener _listener = new("Killed", Token);
    private readonly ConcurrentBag<string> _erased = [];

    private static int Kills => Setting("RONDO_KILLS", 20);

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    [Trait("Category", "Long")]
    public async Task What_was_acknowledged_is_there_once_and_nothing_else_is()
    {
        var made = await ServerProcess.RunAsync("projects", "create", "Killed", "--secret", "killed-secret", "--token", Token, "--data", _data);
        made.ExitCode.ShouldBe(0, made.Errors);
        var random = new Random(Setting("RONDO_KILL_SEED", 20261123));
        for (var kill = 0; kill < Kills; kill++)
        {
            await RunAndKillAsync(kill, random);
        }

        await using (var server = await ServerProcess.StartAsync(_data, "serve", "--seal-after", $"{SealAfter}"))
        {
            await _sender.FinishAsync(server.Address);
        }

        var parts = Directory.GetDirectories(Path.Combine(_data, "events", "1", "parts")).Length;
        _sender.Acknowledged.Count().ShouldBeGreaterThan(Kills * 40);
        _sender.SentAgain.ShouldBeGreaterThan(Kills / 2, "hardly a batch was sent again");
        _erased.Count.ShouldBeGreaterThanOrEqualTo(Kills / SparedUntilErasure);
        var stored = await StoredEvent.OfAsync("Killed", _data);
        parts.ShouldBeInRange(1, stored.Count / (10 * SealAfter), "parts hold no more than heads do: none were joined");
        var givenUpYetKept = CompareBatches([.. stored.Where(tracked => !IsVictims(tracked))]);
        CompareVictims([.. stored.Where(IsVictims)]);
        await using (var server = await ServerProcess.StartAsync(_data, "serve"))
        {
            await _listener.CompareAsync(server);
            (await AskAsync(server, "total")).ShouldBe(stored.Count);
            (await AskAsync(server, "uniques")).ShouldBe(StoredEvent.PersonsIn(stored), "devices and members are other persons than the stored events say");
        }

        var doctor = await ServerProcess.RunAsync("doctor", "--data", _data);
        doctor.ExitCode.ShouldBe(0, doctor.Output);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Kills} kills, {stored.Count} events and {_listener.Acknowledged} profile updates stored, {_sender.SentAgain} batches sent again, {_sender.GivenUp.Count} given up and {givenUpYetKept} of them stored, {_erased.Count} persons erased, {parts} parts");
    }

    private async Task RunAndKillAsync(int kill, Random random)
    {
        await using var server = await ServerProcess.StartAsync(_data, "serve", "--seal-after", $"{SealAfter}");
        var isSpared = kill % SparedUntilErasure == 0;
        if (isSpared)
        {
            await _listener.CompareAsync(server);
        }

        using var stopping = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(client => Send(server, $"{kill}-{client}", client != ClientThatGivesUp, random, stopping.Token)).ToList();
        clients.Add(_listener.ListenAsync(server.Address, stopping.Token));
        var firstErased = new TaskCompletionSource();
        clients.Add(EraseAsync(server, $"victim-{kill}", firstErased, stopping.Token));
        if (isSpared)
        {
            await firstErased.Task.WaitAsync(TimeSpan.FromMinutes(5));
        }

        await Task.Delay(random.Next(50, 900));
        await server.KillAsync();
        await stopping.CancelAsync();
        await Task.WhenAll(clients);
    }

    private Task Send(ServerProcess server, string client, bool isPersistent, Random random, CancellationToken cancellationToken) => isPersistent
        ? _sender.SendPersistentlyAsync(server.Address, client, new Random(random.Next()), cancellationToken)
        : _sender.SendAsync(server.Address, client, cancellationToken);

    /// <summary>
    /// What clients sent in batches: the acknowledged, wholly, however often they were sent, and of each client that gave up the
    /// one on its way, wholly or not. Gives how many of those are stored.
    /// </summary>
    private int CompareBatches(List<StoredEvent> stored)
    {
        var ids = stored.ConvertAll(tracked => tracked.SentAs);
        ids.Count.ShouldBe(ids.Distinct().Count(), "an event is stored twice");
        var kept = ids.ToHashSet(StringComparer.Ordinal);
        var acknowledged = _sender.AcknowledgedBatches;
        var sent = acknowledged.Concat(_sender.GivenUp).ToList();
        _sender.Acknowledged.Except(kept).ShouldBeEmpty("acknowledged events are missing");
        sent.SelectMany(batch => batch.Refused).Where(kept.Contains).ShouldBeEmpty("refused events are stored");
        foreach (var batch in _sender.GivenUp)
        {
            batch.Good.Count(kept.Contains).ShouldBeOneOf([0, batch.Good.Count], $"batch {batch.Number} of {batch.Client} is stored in part");
            acknowledged.Count(before => before.Client == batch.Client).ShouldBe(batch.Number, $"batch {batch.Number} of {batch.Client} was sent before another was answered");
        }

        var givenUpYetKept = _sender.GivenUp.Count(batch => kept.Contains(batch.Good[0]));
        kept.ExceptWith(sent.SelectMany(batch => batch.Good));
        kept.ShouldBeEmpty("events are stored that nobody sent");
        return givenUpYetKept;
    }

    /// <summary>Who was erased is gone; an erasure that was not acknowledged was carried out or not, and never took a part of somebody.</summary>
    private void CompareVictims(List<StoredEvent> stored)
    {
        var victims = stored.GroupBy(tracked => tracked.SentAs[..tracked.SentAs.LastIndexOf('/')]).ToList();
        victims.Select(victim => victim.Key).Intersect(_erased).ShouldBeEmpty("an erased person came back");
        victims.ShouldAllBe(victim => victim.Select(tracked => tracked.SentAs).Distinct().Count() == Sender.EventsOfVictim && victim.Count() == Sender.EventsOfVictim);
    }

    /// <summary>Sends events of a person and has the person erased, again and again.</summary>
    private async Task EraseAsync(ServerProcess server, string name, TaskCompletionSource firstErased, CancellationToken cancellationToken)
    {
        for (var number = 0; !cancellationToken.IsCancellationRequested; number++)
        {
            var victim = $"{name}-{number}";
            try
            {
                if (!await _sender.SendVictimAsync(server.Address, victim))
                {
                    continue;
                }

                using var reply = await server.Http.DeleteAsync(new Uri($"/api/v1/people?project=Killed&id={victim}", UriKind.Relative), CancellationToken.None);
                if (reply.IsSuccessStatusCode)
                {
                    _erased.Add(victim);
                    firstErased.TrySetResult();
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException)
            {
                return;
            }
        }
    }

    /// <summary>A figure over all events; they are all of one month.</summary>
    private static async Task<long> AskAsync(ServerProcess server, string measure)
    {
        var question = $$$"""{"metrics":[{"event":{},"measure":"{{{measure}}}"}],"range":{"kind":"between","from":"2025-10-01","to":"2025-10-31"},"unit":"month"}""";
        using var reply = await server.Http.PostAsync(new Uri("/api/v1/reports/insights?project=Killed", UriKind.Relative), new StringContent(question, Encoding.UTF8, "application/json"));
        var body = await reply.Content.ReadAsStringAsync();
        reply.IsSuccessStatusCode.ShouldBeTrue(body);
        return JsonDocument.Parse(body).RootElement.GetProperty("result").GetProperty("series")[0].GetProperty("total").GetInt64();
    }

    private static bool IsVictims(StoredEvent tracked) => tracked.SentAs.StartsWith("victim", StringComparison.Ordinal);

    private static int Setting(string name, int absent) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? int.Parse(value, CultureInfo.InvariantCulture) : absent;
}
