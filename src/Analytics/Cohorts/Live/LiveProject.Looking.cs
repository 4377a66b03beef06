using System.Collections.Immutable;
using Rondo.Model.Cohorts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Cohorts.Live;

/// <content>Looking at some persons: are they members now, and until when?</content>
internal sealed partial class LiveProject
{
    /// <summary>Looks at everybody in the work, some at a time, and writes down what changed.</summary>
    private async Task LookAsync(Work work, CancellationToken cancellationToken)
    {
        if (work.IsEmpty)
        {
            return;
        }

        foreach (var persons in work.Persons.Order().Chunk(PersonsPerTurn))
        {
            await LookAsync(persons, work, cancellationToken);
        }
    }

    private async Task LookAsync(PersonNumber[] persons, Work work, CancellationToken cancellationToken)
    {
        using var turn = await tools.Gate.EnterAsync(project, cancellationToken);
        var began = tools.Time.GetTimestamp();
        var context = await tools.Projects.ContextAsync(project, cancellationToken);
        using var excerpt = await store.ExcerptAsync(persons, cancellationToken);
        var changes = new Dictionary<CohortId, MembershipDifference>();
        var members = new Dictionary<CohortId, PersonSet>();
        context = context with { CohortMembers = MembersOf };
        foreach (var cohort in _plan!.InOrder)
        {
            if (!work.Concerns(cohort.Id) && !cohort.Inputs.Cohorts.Any(changes.ContainsKey))
            {
                continue;
            }

            if (!cohort.IsPersonal)
            {
                Ask(cohort.Id, Reason.Touched, null);
                continue;
            }

            if (Compare(cohort.Id, persons, excerpt.MembersOf(cohort.Definition, context)) is { } change)
            {
                changes.Add(cohort.Id, change);
            }

            foreach (var (person, at) in excerpt.NextChanges(cohort.Definition, context))
            {
                _due.Add(at, person, cohort.Id, context.Now);
            }
        }

        LookAtLists(work, changes);
        await tools.Journal.RecordAsync(project, context.Now, changes.Values, cancellationToken);
        tools.Metrics.NoteRound(project, tools.Time.GetElapsedTime(began), changes.Values.Sum(change => change.Entered.Length + change.Left.Length));

        // What was found a moment ago counts for the cohorts that name the cohort, before it is written down.
        PersonSet MembersOf(CohortId cohort)
        {
            if (!members.TryGetValue(cohort, out var set))
            {
                set = tools.Memberships.Find(project, cohort)?.Snapshot().Members ?? PersonSet.Empty;
                set = changes.TryGetValue(cohort, out var change) ? set.Or(PersonSet.Of(change.Entered)).Except(PersonSet.Of(change.Left)) : set;
                members.Add(cohort, set);
            }

            return set;
        }
    }

    private MembershipDifference? Compare(CohortId cohort, PersonNumber[] persons, IReadOnlyList<PersonNumber> found)
    {
        var were = tools.Memberships.Find(project, cohort)!.AreMembers(persons);
        var entered = ImmutableArray.CreateBuilder<PersonNumber>();
        var left = ImmutableArray.CreateBuilder<PersonNumber>();
        var next = 0;
        for (var index = 0; index < persons.Length; index++)
        {
            var isMember = next < found.Count && found[next] == persons[index];
            next += isMember ? 1 : 0;
            if (isMember != were[index])
            {
                (isMember ? entered : left).Add(persons[index]);
            }
        }

        return entered.Count + left.Count == 0 ? null : new MembershipDifference(cohort, entered.ToImmutable(), left.ToImmutable());
    }

    /// <summary>Fixed lists: a device that became a user is the user, and who was erased is gone.</summary>
    private void LookAtLists(Work work, Dictionary<CohortId, MembershipDifference> changes)
    {
        if (work.Merged.Count == 0 && work.Erased.Count == 0)
        {
            return;
        }

        // An erasure that failed leaves persons who are still somebody.
        var gone = work.Erased.Zip(store.DistinctIdsOf(work.Erased)).Where(pair => pair.Second.Length == 0).Select(pair => pair.First).ToList();
        foreach (var list in _plan!.Static)
        {
            var table = tools.Memberships.Find(project, list)!;
            var merged = work.Merged.Where(merge => table.Contains(merge.Device)).ToList();
            var left = merged.Select(merge => merge.Device).Concat(gone.Where(table.Contains)).Distinct().Order().ToImmutableArray();
            var entered = merged.Select(merge => merge.User).Where(user => !table.Contains(user)).Distinct().Order().ToImmutableArray();
            if (left.Length > 0)
            {
                changes[list] = new MembershipDifference(list, entered, left);
            }
        }
    }

    /// <summary>Looks at some of those whose moment has come; the others have their turn after what happened meanwhile.</summary>
    private async Task<bool> LookAtDueAsync(CancellationToken cancellationToken)
    {
        var due = _due.TakeUntil(Now, PersonsPerTurn);
        foreach (var (persons, cohorts) in due)
        {
            var work = new Work();
            foreach (var person in persons)
            {
                work.Add(person, cohorts);
            }

            await LookAsync(work, cancellationToken);
        }

        return due.Count > 0;
    }

    private bool IsSomebodyDue => _due.Next is { } next && next <= Now;

    /// <summary>What happened to fixed lists while nobody looked.</summary>
    private async Task FollowMergesAsync(CancellationToken cancellationToken)
    {
        foreach (var list in _plan!.Static)
        {
            await tools.Cohorts.RefreshAsync(project, list, cancellationToken);
        }
    }
}
