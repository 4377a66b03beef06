using Microsoft.EntityFrameworkCore;
using Rondo.Analytics.AudienceSync.Data;
using Rondo.Analytics.Contracts;
using Rondo.Model;
using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Stores;

namespace Rondo.Analytics.AudienceSync;

internal sealed partial class ReceivedCohortDirectory
{
    /// <summary>Names tried when the one that came is taken: with the partner behind it, then with a number.</summary>
    private const int NamesTried = 100;

    /// <summary>The people whom these ids name, and how many name nobody.</summary>
    private async Task<(PersonSet People, int UnknownCount)> FindAsync(ProjectId project, ReceivedMembers members, CancellationToken cancellationToken)
    {
        var store = await stores.OpenAsync(project, cancellationToken);
        var (people, unknownCount) = (new PersonSet.Builder(), 0);
        foreach (var person in members.UserIds.Select(id => DeviceIds.IsDevice(id) ? null : store.FindPerson(id)).Concat(members.DeviceIds.Select(id => Anonymous(store, id))))
        {
            if (person is { } found)
            {
                people.Add(found);
            }
            else
            {
                unknownCount++;
            }
        }

        var all = people.Build();
        foreach (var alias in members.Aliases.GroupBy(alias => alias.Label))
        {
            var names = alias.Select(one => PropertyValue.Of(one.Name)).Distinct().ToList();
            var found = await store.PeopleWhereAsync(
                new PropertyPredicate(PropertySource.User, alias.Key, PropertyOperator.Equals, [.. names]),
                await projects.ContextAsync(project, cancellationToken),
                cancellationToken);
            all = all.Or(found);
            unknownCount += Math.Max(0, names.Count - found.Count);
        }

        return (all, unknownCount);
    }

    /// <summary>The person of a device that nobody has signed in on.</summary>
    private static PersonNumber? Anonymous(IEventStore store, string deviceId)
    {
        var id = DeviceIds.DistinctIdOf(deviceId);
        return store.FindPerson(id) is { } person && store.DistinctIdsOf([person])[0] == id ? person : null;
    }

    private async Task<ReceivedCohortRow> FoundOrMadeAsync(ReceivingKey key, string remoteId, string name, CancellationToken cancellationToken)
    {
        await using (var context = database.Open())
        {
            if (await context.ReceivedCohorts.AsNoTracking().SingleOrDefaultAsync(row => row.ProjectId == key.Project.Value && row.Partner == key.Partner && row.RemoteId == remoteId, cancellationToken) is { } found)
            {
                return found;
            }
        }

        var made = await NamedAsync(key, name, tried => cohorts.CreateStaticAsync(key.Project, tried, $"pushed by {key.Partner}", PersonSet.Empty, cancellationToken));
        return await database.ChangeAsync(
            async context =>
            {
                var row = new ReceivedCohortRow
                {
                    ProjectId = key.Project.Value,
                    Partner = key.Partner,
                    RemoteId = remoteId,
                    CohortId = made.Id.Value,
                    RemoteName = name,
                    ChangedAt = time.GetCurrentInstant(),
                    UnknownCount = 0,
                    SessionPages = 0,
                };
                context.ReceivedCohorts.Add(row);
                await context.SaveChangesAsync(cancellationToken);
                return row;
            },
            cancellationToken);
    }

    private async Task RenameAsync(ReceivingKey key, ReceivedCohortRow row, string name, CancellationToken cancellationToken)
    {
        if (await cohorts.FindAsync(key.Project, new CohortId(row.CohortId), cancellationToken) is { } cohort)
        {
            await NamedAsync(key, name, tried => cohorts.ChangeAsync(key.Project, cohort.Id, tried, cohort.Description, null, cancellationToken));
        }

        await NoteAsync(key, row.RemoteId, found => found.RemoteName = name, cancellationToken);
    }

    /// <summary>Names are unique here and not at every partner.</summary>
    private static async Task<Cohort> NamedAsync(ReceivingKey key, string name, Func<string, Task<Outcome<Cohort>>> make)
    {
        // Room is left for what is put behind it.
        var shown = name.Length > MaximumNameLength - 80 ? name[..(MaximumNameLength - 80)] : name;
        for (var attempt = 0; attempt < NamesTried; attempt++)
        {
            var made = await make(attempt switch { 0 => shown, 1 => $"{shown} ({key.Partner})", _ => $"{shown} ({key.Partner} {attempt})" });
            if (made.IsAccepted)
            {
                return made.Value;
            }
        }

        throw new InvalidOperationException("No name could be found for a cohort that was pushed in.");
    }

    private Task<bool> NoteAsync(ReceivingKey key, string remoteId, Action<ReceivedCohortRow> change, CancellationToken cancellationToken) => database.ChangeAsync(
        async context =>
        {
            var now = time.GetCurrentInstant();
            if (await context.ReceivedCohorts.SingleOrDefaultAsync(row => row.ProjectId == key.Project.Value && row.Partner == key.Partner && row.RemoteId == remoteId, cancellationToken) is { } found)
            {
                change(found);
                found.ChangedAt = now;
                await context.SaveChangesAsync(cancellationToken);
            }

            return await context.ReceivingKeys.Where(row => row.Id == key.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.LastUsedAt, now), cancellationToken) > 0;
        },
        cancellationToken);
}
