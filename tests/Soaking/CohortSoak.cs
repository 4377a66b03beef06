using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodaTime;
using Rondo.Analytics;
using Rondo.Analytics.Contracts;
using Rondo.Engine;
using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Rondo.Model.Profiles;
using Rondo.Model.Stores;

namespace Rondo.Soaking;

/// <summary>How long and how much.</summary>
/// <param name="Directory">A folder of the run's own; people made before are found there again.</param>
/// <param name="People">People with a past of 20 events each.</param>
/// <param name="Cohorts">Cohorts of every form.</param>
/// <param name="EventsPerSecond">What comes in.</param>
/// <param name="Length">For how long.</param>
public sealed record CohortSoakSettings(string Directory, int People, int Cohorts, int EventsPerSecond, TimeSpan Length)
{
    /// <summary>Lets a midnight of the project come so long after the first event, at which windows end for a large part of all people; null for whenever it comes.</summary>
    public TimeSpan? MidnightAfter { get; init; }
}

/// <summary>What was measured. Times in milliseconds, from before a batch is handed in until its change of a membership is readable.</summary>
public sealed record CohortSoakResult
{
    public required int People { get; init; }

    public required int Cohorts { get; init; }

    public required long Events { get; init; }

    public required double EventsPerSecond { get; init; }

    /// <summary>Persons who entered or left by something that happened.</summary>
    public required long Changes { get; init; }

    public required double LagP50 { get; init; }

    public required double LagP99 { get; init; }

    public required double LagMost { get; init; }

    /// <summary>Persons who left because time passed, and how long after the moment.</summary>
    public required int Ripened { get; init; }

    public required double RipeningP99 { get; init; }

    /// <summary>Persons who entered or left because a midnight passed; 0 when none was arranged.</summary>
    public required int MidnightPeople { get; init; }

    /// <summary>How many memberships that changed.</summary>
    public required long MidnightChanges { get; init; }

    /// <summary>From the midnight until the last of them was readable, in seconds.</summary>
    public required double MidnightSeconds { get; init; }

    /// <summary>The delay of what people seen for the first time did during these seconds: their windows cannot have ended.</summary>
    public required double MidnightLagP99 { get; init; }

    /// <summary>Persons whom the full computations at the end found missing or in excess.</summary>
    public required int Differences { get; init; }

    /// <summary>Computing every cohort in full at the start, in seconds.</summary>
    public required double FirstComputationSeconds { get; init; }

    public required double FullComputationMilliseconds { get; init; }

    /// <summary>Share of one processor that the whole process used, generating included.</summary>
    public required double Processors { get; init; }

    public required long MemoryMegabytes { get; init; }
}

/// <summary>
/// Lets events of every kind come in steadily (late ones, sent twice, of new people, devices that become users, profile updates)
/// while cohorts of every form are kept live, and compares at the end each with a full computation.
/// </summary>
public sealed class CohortSoak(CohortSoakSettings settings, Action<string> say)
{
    private const int BatchesPerSecond = 20;
    private static readonly Duration Past = Duration.FromDays(100);

    private readonly Random _random = new(7);
    private readonly ConcurrentDictionary<PersonNumber, (long Last, long Before)> _sent = new();
    private readonly ConcurrentDictionary<PersonNumber, long> _ripens = new();
    private readonly ConcurrentBag<double> _lags = [];
    private readonly ConcurrentBag<(Instant At, double Milliseconds)> _lagsOfNew = [];
    private readonly ConcurrentDictionary<PersonNumber, byte> _new = new();
    private readonly MovedClock _clock = new();
    private readonly HashSet<PersonNumber> _movedByMidnight = [];
    private Instant _midnight = Instant.MaxValue;
    private Instant _lastByMidnight;
    private long _changesByMidnight;
    private readonly ConcurrentBag<double> _ripenings = [];
    private long _changes;
    private readonly string _run = Guid.NewGuid().ToString("n")[..8];
    private int _lastNew;

    public async Task<CohortSoakResult> RunAsync(CancellationToken cancellationToken)
    {
        if (settings.MidnightAfter is not null)
        {
            // Half an hour of time to make people and to compute everything once.
            _clock.MoveTo(NextMidnight - Duration.FromMinutes(30));
        }

        await using var services = Services();
        var (projects, ingestion, cohorts) = (services.GetRequiredService<IProjects>(), services.GetRequiredService<IIngestion>(), services.GetRequiredService<ICohorts>());
        var project = await projects.ListAsync(cancellationToken) is [var known, ..] ? known.Id : (await projects.CreateAsync(new NewProject("Soak"), cancellationToken)).Value!.Project.Id;
        var store = await services.GetRequiredService<IEventStores>().OpenAsync(project, cancellationToken);
        await MakePastAsync(store, cancellationToken);
        var made = await MakeCohortsAsync(cohorts, project, cancellationToken);
        if ((await cohorts.ListAsync(project, includeArchived: true, cancellationToken)).Max(cohort => cohort.ComputedAt) is var latest && latest >= Now)
        {
            // A run before this one had its midnight today: a day later everything is computed anew, and that is waited for.
            _clock.MoveTo(Now + Duration.FromDays(1));
        }


        var watch = Stopwatch.StartNew();
        foreach (var hosted in services.GetServices<IHostedService>())
        {
            await hosted.StartAsync(cancellationToken);
        }

        await CaughtUpAsync(cohorts, project, made, cancellationToken);
        var firstComputation = watch.Elapsed.TotalSeconds;
        say($"every cohort computed in {firstComputation:f1} s; now events come in");

        using var listening = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var listener = ListenAsync(cohorts, project, made[^1], listening.Token);
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        if (settings.MidnightAfter is { } after)
        {
            _midnight = NextMidnight;
            _clock.MoveTo(_midnight - Duration.FromTimeSpan(after));
        }

        watch.Restart();
        var (events, seconds) = await SendAsync(ingestion, store, project, watch, cancellationToken);
        var processors = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds / seconds;
        await CaughtUpAsync(cohorts, project, made, cancellationToken);
        await listening.CancelAsync();
        await listener;

        watch.Restart();
        var differences = 0;
        foreach (var cohort in made)
        {
            var comparison = (await cohorts.CompareAsync(project, cohort, cancellationToken))!;
            differences += comparison.MissingCount + comparison.ExcessCount;
        }

        var full = watch.Elapsed.TotalMilliseconds / made.Count;
        var result = new CohortSoakResult
        {
            People = settings.People,
            Cohorts = made.Count,
            Events = events,
            EventsPerSecond = Math.Round(events / seconds),
            Changes = _changes,
            LagP50 = Percentile(_lags, 0.5),
            LagP99 = Percentile(_lags, 0.99),
            LagMost = Percentile(_lags, 1),
            MidnightPeople = _movedByMidnight.Count,
            MidnightChanges = _changesByMidnight,
            MidnightSeconds = _changesByMidnight == 0 ? 0 : Math.Round((_lastByMidnight - _midnight).TotalSeconds, 1),
            MidnightLagP99 = Percentile(_lagsOfNew.Where(lag => lag.At >= _midnight && lag.At <= _lastByMidnight).Select(lag => lag.Milliseconds), 0.99),
            Ripened = _ripenings.Count,
            RipeningP99 = Percentile(_ripenings, 0.99),
            Differences = differences,
            FirstComputationSeconds = Math.Round(firstComputation, 1),
            FullComputationMilliseconds = Math.Round(full, 1),
            Processors = Math.Round(processors, 2),
            MemoryMegabytes = Environment.WorkingSet / 1_000_000,
        };
        foreach (var hosted in services.GetServices<IHostedService>().Reverse())
        {
            await hosted.StopAsync(CancellationToken.None);
        }

        return result;
    }

    private ServiceProvider Services()
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole());
        services.AddMetrics();
        services.AddSingleton<TimeProvider>(_clock);
        services.AddSingleton<IEventStores>(provider => new EngineStores(Path.Combine(settings.Directory, "events"), new EngineOptions(), _clock, provider.GetRequiredService<ILoggerFactory>()));
        services.AddRondoAnalytics(new AnalyticsOptions { Directory = settings.Directory });
        return services.BuildServiceProvider();
    }

    private async Task MakePastAsync(IEventStore store, CancellationToken cancellationToken)
    {
        const int PeoplePerBatch = 500;
        if (store.FindPerson($"user-{settings.People - 1}") is not null)
        {
            say("the people are there already");
            return;
        }

        for (var first = 0; first < settings.People; first += PeoplePerBatch)
        {
            if (store.FindPerson($"user-{Math.Min(first + PeoplePerBatch, settings.People) - 1}") is not null)
            {
                // A run that was broken off made them.
                continue;
            }

            var people = Enumerable.Range(first, Math.Min(PeoplePerBatch, settings.People - first)).ToList();
            var events = people.SelectMany(person => Enumerable.Range(0, 20).Select(_ => EventOf($"user-{person}", Now - (Past * _random.NextDouble())))).ToList();
            var updates = people.Where(person => person % 2 == 0).Select(person => UpdateOf($"user-{person}", new Property("plan", PropertyValue.Of(SoakCohorts.Plans[_random.Next(3)])))).ToList();
            await store.AppendAsync(new IngestBatch(Now, events, updates), cancellationToken);
        }

        await ((EventStore)store).OptimizeAsync(cancellationToken);
        say($"{settings.People:n0} people with {settings.People * 20L:n0} events were made");
    }

    private async Task<List<CohortId>> MakeCohortsAsync(ICohorts cohorts, ProjectId project, CancellationToken cancellationToken)
    {
        var made = (await cohorts.ListAsync(project, includeArchived: true, cancellationToken)).Select(cohort => cohort.Id).OrderBy(cohort => cohort.Value).ToList();
        var today = Now.InUtc().Date;
        while (made.Count < settings.Cohorts)
        {
            var definition = made.Count == settings.Cohorts - 1 ? SoakCohorts.Ripening : SoakCohorts.Of(made.Count, made, today);
            var outcome = await cohorts.CreateAsync(project, $"Cohort {made.Count}", string.Empty, definition, cancellationToken);
            made.Add(outcome.IsAccepted ? outcome.Value.Id : throw new InvalidOperationException(string.Join(", ", outcome.Problems)));
        }

        return made;
    }

    /// <summary>Until every cohort is true of a moment after now.</summary>
    private async Task CaughtUpAsync(ICohorts cohorts, ProjectId project, List<CohortId> made, CancellationToken cancellationToken)
    {
        var now = Now;
        while ((await cohorts.ListAsync(project, includeArchived: true, cancellationToken)).Where(cohort => made.Contains(cohort.Id)).Any(cohort => cohort.ComputedAt <= now))
        {
            await Task.Delay(500, cancellationToken);
        }
    }

    private async Task<(long Events, double Seconds)> SendAsync(IIngestion ingestion, IEventStore store, ProjectId project, Stopwatch watch, CancellationToken cancellationToken)
    {
        long sent = 0;
        for (var batch = 0; watch.Elapsed < settings.Length; batch++)
        {
            var due = TimeSpan.FromSeconds((double)batch / BatchesPerSecond);
            if (due > watch.Elapsed)
            {
                await Task.Delay(due - watch.Elapsed, cancellationToken);
            }

            var events = Enumerable.Range(0, settings.EventsPerSecond / BatchesPerSecond).Select(_ => NextEvent()).ToList();
            events.Add(events[_random.Next(events.Count)]);
            List<ProfileUpdate> updates = [UpdateOf($"user-{_random.Next(settings.People)}", new Property("plan", PropertyValue.Of(SoakCohorts.Plans[_random.Next(3)])))];
            var probe = batch % BatchesPerSecond == 0 ? $"probe-{Guid.NewGuid():n}" : null;
            var ripe = Instant.FromUnixTimeSeconds(Now.ToUnixTimeSeconds() + 4);
            if (probe is not null)
            {
                updates.Add(UpdateOf(probe, new Property("probe", PropertyValue.Of((ripe - Duration.FromHours(1)).ToString()))));
            }

            var began = Stopwatch.GetTimestamp();
            await ingestion.AcceptAsync(project, events, updates, cancellationToken);
            NoteSent(store, events, updates, began);

            if (probe is not null)
            {
                _ripens[store.FindPerson(probe)!.Value] = Stopwatch.GetTimestamp() + (long)((ripe - Now).TotalSeconds * Stopwatch.Frequency);
            }

            sent += events.Count + updates.Count;
        }

        var seconds = watch.Elapsed.TotalSeconds;

        // The last probes leave while nothing comes in.
        await Task.Delay(TimeSpan.FromSeconds(5), cancellationToken);
        return (sent, seconds);
    }

    /// <summary>Whom a batch may have moved: its persons, and devices that became users by it.</summary>
    private void NoteSent(IEventStore store, List<TrackedEvent> events, List<ProfileUpdate> updates, long began)
    {
        foreach (var tracked in events.Where(tracked => tracked.DistinctId.StartsWith("user-new-", StringComparison.Ordinal)))
        {
            _new.TryAdd(store.FindPerson(tracked.DistinctId)!.Value, 0);
        }

        var devices = events.Where(tracked => tracked.DeviceId is not null).Select(tracked => store.FindNumber(DeviceIds.DistinctIdOf(tracked.DeviceId!)));
        foreach (var person in events.Select(tracked => tracked.DistinctId).Concat(updates.Select(update => update.DistinctId)).Select(store.FindPerson).Concat(devices).OfType<PersonNumber>())
        {
            _sent.AddOrUpdate(person, (began, 0), (_, before) => before.Last == began ? before : (began, before.Last));
        }
    }

    private async Task ListenAsync(ICohorts cohorts, ProjectId project, CohortId ripening, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var change in cohorts.ChangesAsync(project, cancellationToken))
            {
                var now = Stopwatch.GetTimestamp();
                if (change.Cohort == ripening && !change.Left.IsEmpty)
                {
                    foreach (var person in change.Left.Where(_ripens.ContainsKey))
                    {
                        _ripenings.Add((now - _ripens[person]) * 1000.0 / Stopwatch.Frequency);
                    }

                    continue;
                }

                var at = now - (long)((Now - change.At).TotalSeconds * Stopwatch.Frequency);
                foreach (var person in change.Entered.Concat(change.Left))
                {
                    // What was sent after the look at the person cannot have been the reason.
                    if (_sent.TryGetValue(person, out var sent) && (sent.Last <= at ? sent.Last : sent.Before) is var reason and > 0 && now - reason < 30 * Stopwatch.Frequency)
                    {
                        var lag = (now - reason) * 1000.0 / Stopwatch.Frequency;
                        _changes++;
                        if (_new.ContainsKey(person))
                        {
                            _lagsOfNew.Add((Now, lag));
                        }

                        // Around a midnight nobody knows whether a window or an event was the reason.
                        if (Now < _midnight)
                        {
                            _lags.Add(lag);
                        }
                    }
                    else if (change.At >= _midnight)
                    {
                        _movedByMidnight.Add(person);
                        _changesByMidnight++;
                        _lastByMidnight = Now;
                    }
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    private Instant Now => Instant.FromDateTimeOffset(_clock.GetUtcNow());

    /// <summary>Of the project, whose days are those of UTC.</summary>
    private Instant NextMidnight => Now.InUtc().Date.PlusDays(1).AtStartOfDayInZone(DateTimeZone.Utc).ToInstant();

    private TrackedEvent NextEvent()
    {
        var dice = _random.Next(1000);
        var time = dice < 50 ? Now - (Duration.FromDays(3) * _random.NextDouble()) : Now;
        if (dice is >= 50 and < 60)
        {
            return EventOf($"user-new-{_run}-{_lastNew++}", time);
        }

        if (dice is >= 60 and < 70)
        {
            var device = $"device-{_random.Next(50_000)}";
            return EventOf(DeviceIds.DistinctIdOf(device), time) with { DeviceId = device };
        }

        return dice is >= 70 and < 75
            ? EventOf($"user-{_random.Next(settings.People)}", time) with { DeviceId = $"device-{_random.Next(50_000)}" }
            : EventOf($"user-{_random.Next(settings.People)}", time);
    }

    private TrackedEvent EventOf(string id, Instant time) => new()
    {
        Name = SoakCohorts.Events[Math.Min(_random.Next(SoakCohorts.Events.Length), _random.Next(SoakCohorts.Events.Length))],
        DistinctId = id,
        UserId = DeviceIds.IsDevice(id) ? null : id,
        Time = Instant.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds()),
        InsertId = _random.NextInt64().ToString("x", System.Globalization.CultureInfo.InvariantCulture),
        Properties =
        [
            new Property("amount", PropertyValue.Of((double)_random.Next(1, 500))),
            new Property("genre", PropertyValue.Of($"genre {_random.Next(20)}")),
            new Property("country", PropertyValue.Of($"C{_random.Next(40):d2}")),
        ],
    };

    private ProfileUpdate UpdateOf(string id, Property property) => new() { DistinctId = id, Operator = ProfileOperator.Set, Properties = [property], Time = Now };

    private static double Percentile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? 0 : Math.Round(sorted[(int)Math.Min(sorted.Count - 1, sorted.Count * share)], 1);
    }

    /// <summary>Goes like the system's clock, from another time on.</summary>
    private sealed class MovedClock : TimeProvider
    {
        private TimeSpan _ahead;

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _ahead;

        public void MoveTo(Instant instant) => _ahead = instant.ToDateTimeOffset() - System.GetUtcNow();
    }
}
