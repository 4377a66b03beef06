using Microsoft.Extensions.Logging;
using NodaTime;
using Rondo.Analytics.Projects;
using Rondo.Model.Cohorts;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Cohorts.Live;

/// <summary>What keeping a project's cohorts live needs.</summary>
internal sealed record LiveTools(
    CohortDirectory Cohorts,
    CohortMemberships Memberships,
    MembershipJournal Journal,
    CohortGate Gate,
    LiveMailbox Mailbox,
    ProjectDirectory Projects,
    AnalyticsOptions Options,
    TimeProvider Time,
    LiveMetrics Metrics,
    ILogger<LiveCohorts> Logger);

/// <summary>
/// Keeps the cohorts of one project live. One loop, in which everything has its turn: what the log says, what is due, one full
/// computation. Whoever is looked at is looked at whole, so doing something twice, or in vain, changes nothing.
/// </summary>
internal sealed partial class LiveProject(ProjectId project, IEventStore store, LiveTools tools) : IAsyncDisposable
{
    /// <summary>Persons looked at in one turn.</summary>
    private const int PersonsPerTurn = 2048;

    private static readonly Duration BetweenKeeping = Duration.FromMinutes(1);

    private readonly LiveMailbox.Box _box = tools.Mailbox.BoxOf(project);
    private readonly DueQueue _due = new();
    private readonly List<TaskCompletionSource> _callers = [];
    private LiveTail? _tail;
    private LivePlan? _plan;
    private Work _work = new();
    private int _definitionsVersion = -1;
    private (int? Days, long Drops) _retention;
    private Instant _nextKeeping;
    private Instant _nextComparing;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _box.IsAttended = true;
        _nextComparing = Now + Duration.FromTimeSpan(tools.Options.CohortComparisonInterval);
        _retention = (store.RetentionDays, store.DropCount);
        try
        {
            while (true)
            {
                var began = tools.Time.GetTimestamp();
                await ReadMailAsync(cancellationToken);
                if (await TakeTurnAsync(began, cancellationToken))
                {
                    await RestAsync(IsSomebodyDue ? TimeSpan.Zero : tools.Options.CohortInterval - tools.Time.GetElapsedTime(began), cancellationToken);
                }
                else
                {
                    TellThoseWhoWait();
                    await WaitAsync(cancellationToken);
                }
            }
        }
        finally
        {
            _box.IsAttended = false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_tail is not null)
        {
            await _tail.DisposeAsync();
        }

        await tools.Journal.KeepAsync(project, Now, writesAll: true, CancellationToken.None);
    }

    private Instant Now => tools.Time.GetCurrentInstant();

    /// <summary>Each kind of work has its turn; true when there was some.</summary>
    private async Task<bool> TakeTurnAsync(long began, CancellationToken cancellationToken)
    {
        var context = await PlanAsync(cancellationToken);
        if (_plan is null)
        {
            return false;
        }

        var earliest = _tail!.Take(_plan, _work, PersonsPerTurn);
        var hadWork = !_work.IsEmpty || earliest is not null;
        if (hadWork)
        {
            var work = _work;
            _work = new Work();
            await LookAsync(work, cancellationToken);
            if (earliest is { } received)
            {
                tools.Metrics.NoteLag(project, Now - received);
            }
        }

        hadWork |= await LookAtDueAsync(cancellationToken);
        hadWork |= await ComputeOneAsync(cancellationToken);
        while (tools.Time.GetElapsedTime(began) < tools.Options.CohortInterval && await ComputeOneAsync(cancellationToken))
        {
            // In the time until what happened next is looked at.
        }

        if (_work.IsEmpty && !IsSomebodyDue)
        {
            Confirm(context.Now);
        }

        await KeepAsync(cancellationToken);
        return hadWork;
    }

    /// <summary>Until there is something to do.</summary>
    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waits = new List<Task> { _box.Arrived.WaitAsync(waiting.Token) };
        if (_tail is not null)
        {
            waits.Add(_tail.WaitAsync(waiting.Token));
            var until = Duration.Max(Duration.Zero, NextMoment() - Now).ToTimeSpan();
            waits.Add(Task.Delay(until, tools.Time, waiting.Token));
        }

        var ended = await Task.WhenAny(waits);
        await waiting.CancelAsync();
        await ended;
    }

    private void TellThoseWhoWait()
    {
        if (_tail is null || _tail.Position.CompareTo(store.Position) >= 0)
        {
            _callers.ForEach(caller => caller.TrySetResult());
            _callers.Clear();
        }
    }

    private Instant NextMoment()
    {
        var next = _due.Next is { } due && due < _nextKeeping ? due : _nextKeeping;
        return _moves.Count > 0 && _moves.Values.Min() is var move && move < next ? move : next;
    }

    private async Task RestAsync(TimeSpan rest, CancellationToken cancellationToken)
    {
        // Batches that come in between are looked at together, which costs far less than one by one. Mail is not kept waiting.
        if (rest > TimeSpan.Zero)
        {
            using var resting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await await Task.WhenAny(_box.Arrived, Task.Delay(rest, tools.Time, resting.Token));
            await resting.CancelAsync();
        }
    }

    private async Task ReadMailAsync(CancellationToken cancellationToken)
    {
        var mail = _box.Take();
        if (mail.DefinitionsVersion != _definitionsVersion)
        {
            await ReadDefinitionsAsync(mail.DefinitionsVersion, cancellationToken);
        }

        foreach (var person in mail.BeingErased)
        {
            _work.AddForAll(person);
        }

        if (mail.Erased.Count > 0)
        {
            _tail?.Forget(mail.Erased);
            foreach (var person in mail.Erased)
            {
                _work.AddForAll(person);
            }

            _work.Erased.UnionWith(mail.Erased);
        }

        _callers.AddRange(mail.Waiting);
        foreach (var (cohort, asked) in mail.Comparisons)
        {
            if (_plan?.ById.ContainsKey(cohort) == true)
            {
                Ask(cohort, Reason.Comparison, asked);
            }
            else
            {
                asked.SetResult(new Contracts.CohortComparison(Now, 0, 0));
            }
        }
    }

    private async Task ReadDefinitionsAsync(int version, CancellationToken cancellationToken)
    {
        var definitions = await tools.Cohorts.DefinitionsAsync(project, cancellationToken);
        _definitionsVersion = version;
        if (definitions.Count == 0)
        {
            return;
        }

        var context = await tools.Projects.ContextAsync(project, cancellationToken);
        var before = _plan;
        _plan = new LivePlan(definitions, context.Lexicon, context.Calendar);
        foreach (var cohort in _plan.InOrder.Where(cohort => before?.ById.GetValueOrDefault(cohort.Id)?.Text != cohort.Text))
        {
            Ask(cohort.Id, Reason.New, null);
        }

        if (_tail is null)
        {
            var position = store.Position;
            using var whole = await store.ExcerptAsync(null, cancellationToken);
            _tail = new LiveTail(store, whole.MembersOf(new FilterCohort(new Model.Predicates.AllPredicate([])), context), position);
            await FollowMergesAsync(cancellationToken);
        }
    }

    /// <summary>The context of now. When the project's names or days have changed, or old events were dropped, everything is computed anew.</summary>
    private async Task<QueryContext> PlanAsync(CancellationToken cancellationToken)
    {
        var context = await tools.Projects.ContextAsync(project, cancellationToken);
        if (_plan is { } plan && (!ReferenceEquals(plan.Lexicon, context.Lexicon) || plan.Calendar != context.Calendar || _retention != (store.RetentionDays, store.DropCount)))
        {
            _retention = (store.RetentionDays, store.DropCount);
            _plan = new LivePlan(await tools.Cohorts.DefinitionsAsync(project, cancellationToken), context.Lexicon, context.Calendar);
            foreach (var cohort in _plan.InOrder)
            {
                Ask(cohort.Id, Reason.New, null);
            }
        }

        return context;
    }

    private void Confirm(Instant moment)
    {
        foreach (var (cohort, table) in tools.Memberships.Of(project))
        {
            if (_plan!.ById.ContainsKey(cohort) && !IsAsked(cohort))
            {
                table.ConfirmAt(moment);
            }
        }
    }

    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        var now = Now;
        if (now < _nextKeeping)
        {
            return;
        }

        _nextKeeping = now + BetweenKeeping;
        foreach (var cohort in tools.Memberships.Of(project).Keys)
        {
            await tools.Journal.NoteSizeAsync(project, cohort, now, isForced: false, cancellationToken);
        }

        await tools.Journal.KeepAsync(project, now, writesAll: false, cancellationToken);
        if (now >= _nextComparing)
        {
            _nextComparing = now + Duration.FromTimeSpan(tools.Options.CohortComparisonInterval);
            foreach (var cohort in _plan!.InOrder)
            {
                Ask(cohort.Id, Reason.Comparison, null);
            }
        }
    }
}
