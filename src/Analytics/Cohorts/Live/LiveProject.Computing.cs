using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Cohorts.Live;

/// <content>Computing a cohort in full: when it is new, when its report moves as a whole, and to compare.</content>
internal sealed partial class LiveProject
{
    private readonly Dictionary<CohortId, Asked> _asked = [];
    private readonly Queue<CohortId> _waiting = new();

    /// <summary>When a report moves as a whole.</summary>
    private readonly Dictionary<CohortId, Instant> _moves = [];

    private enum Reason
    {
        /// <summary>What depends on everybody was touched by somebody.</summary>
        Touched,

        /// <summary>The report moves.</summary>
        Moved,

        /// <summary>To see whether the members are right. Any difference is a bug.</summary>
        Comparison,

        /// <summary>Nothing is known of it yet, or not any more: differences are to be expected.</summary>
        New,
    }

    private bool IsAsked(CohortId cohort) => _asked.ContainsKey(cohort);

    private void Ask(CohortId cohort, Reason reason, TaskCompletionSource<CohortComparison>? answer)
    {
        if (_asked.TryGetValue(cohort, out var already))
        {
            already.Reason = already.Reason > reason ? already.Reason : reason;
        }
        else
        {
            _asked.Add(cohort, already = new Asked { Reason = reason });
            _waiting.Enqueue(cohort);
        }

        if (answer is not null)
        {
            already.Answers.Add(answer);
        }
    }

    /// <summary>Computes one cohort that waits for it.</summary>
    private async Task<bool> ComputeOneAsync(CancellationToken cancellationToken)
    {
        var now = Now;
        foreach (var (cohort, _) in _moves.Where(move => move.Value <= now).ToList())
        {
            _moves.Remove(cohort);
            Ask(cohort, Reason.Moved, null);
        }

        if (!_waiting.TryDequeue(out var next))
        {
            return false;
        }

        _asked.Remove(next, out var asked);
        if (_plan!.ById.TryGetValue(next, out var known))
        {
            var compared = await ComputeAsync(known, asked!.Reason, cancellationToken);
            asked.Answers.ForEach(answer => answer.TrySetResult(compared));
        }

        return true;
    }

    private async Task<CohortComparison> ComputeAsync(LiveCohort cohort, Reason reason, CancellationToken cancellationToken)
    {
        using var turn = await tools.Gate.EnterAsync(project, cancellationToken);
        var context = await tools.Projects.ContextAsync(project, cancellationToken);
        IReadOnlyList<PersonNumber> members;
        IReadOnlyList<(PersonNumber Person, Instant At)> changes;
        LogPosition position;
        using (var whole = await store.ExcerptAsync(null, cancellationToken))
        {
            (members, changes, position) = await Task.Run(() => (whole.MembersOf(cohort.Definition, context), whole.NextChanges(cohort.Definition, context), whole.Position), cancellationToken);
            if (whole.NextMoveOf(cohort.Definition, context) is { } move)
            {
                _moves[cohort.Id] = move;
            }
        }

        var (entered, left) = Difference(tools.Memberships.Find(project, cohort.Id)!.Snapshot().Members, members);

        // What the whole store knew and the members did not, because its turn had not come: not a difference.
        await _tail!.TakeUntilAsync(position, _plan!, _work, cancellationToken);
        var known = _work.Concerns(cohort.Id) ? _work.Persons : [];
        var comparison = new CohortComparison(context.Now, entered.Count(IsStrange), left.Count(IsStrange));
        foreach (var (person, at) in changes)
        {
            _due.Add(at, person, cohort.Id, context.Now);
        }

        await tools.Journal.RecordAsync(project, context.Now, [new MembershipDifference(cohort.Id, entered, left)], cancellationToken);
        foreach (var person in entered.Concat(left))
        {
            _work.Add(person, _plan!.OfCohort(cohort.Id));
        }

        if (reason == Reason.Comparison)
        {
            await ReportAsync(cohort.Id, comparison, cancellationToken);
        }

        return comparison;

        bool IsStrange(PersonNumber person) => !known.Contains(person) && !_due.IsDue(person, cohort.Id, context.Now) && !_box.MayBeErased(person);
    }

    private async Task ReportAsync(CohortId cohort, CohortComparison comparison, CancellationToken cancellationToken)
    {
        await tools.Cohorts.NoteComparisonAsync(cohort, comparison, cancellationToken);
        if (!comparison.IsEqual)
        {
            tools.Metrics.NoteDifferences(project, comparison.MissingCount + comparison.ExcessCount);
            tools.Logger.LogError(
                "Cohort {Cohort} of project {Project} was not what a full computation gives: {Missing} members were missing, {Excess} too many. It is right again.",
                cohort,
                project,
                comparison.MissingCount,
                comparison.ExcessCount);
        }
    }

    private static (ImmutableArray<PersonNumber> Entered, ImmutableArray<PersonNumber> Left) Difference(PersonSet before, IReadOnlyList<PersonNumber> now)
    {
        var entered = ImmutableArray.CreateBuilder<PersonNumber>();
        var kept = 0;
        foreach (var person in now)
        {
            if (before.Contains(person))
            {
                kept++;
            }
            else
            {
                entered.Add(person);
            }
        }

        return (entered.ToImmutable(), kept == before.Count ? [] : [.. before.Except(PersonSet.Of(now))]);
    }

    private sealed class Asked
    {
        public Reason Reason { get; set; }

        public List<TaskCompletionSource<CohortComparison>> Answers { get; } = [];
    }
}
