using NodaTime;
using Rondo.Analytics.Cohorts;
using Rondo.Analytics.Cohorts.Live;
using Rondo.Analytics.Contracts;
using Rondo.Model;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Profiles;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Profiles;

/// <summary>Lists and finds people; a search is answered from columns, only the people of the page are read one by one.</summary>
internal sealed class PeopleDirectory(IProjects projects, ICohorts cohorts, LiveMailbox mailbox, IEventStores stores, IEnumerable<IForgetsPeople> others, IEnumerable<IErasedFile> files) : IPeople
{
    private const int MaximumPage = 1000;
    private static readonly IReadOnlyDictionary<string, PropertyValue> NoProfile = new Dictionary<string, PropertyValue>();

    public async Task<PeoplePage> ListAsync(ProjectId project, PersonSet? among, string? search, int skip, int take, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, MaximumPage);
        var store = await stores.OpenAsync(project, cancellationToken);
        var people = among ?? await store.EveryoneAsync(cancellationToken);
        if (!string.IsNullOrWhiteSpace(search))
        {
            people = await FoundAsync(project, store, people, search.Trim(), cancellationToken);
        }

        var page = people.Skip(skip).Take(take).ToList();
        return new PeoplePage(people.Count, [.. page.Zip(store.DistinctIdsOf(page)).Select(pair => SummaryOf(store, pair.First, pair.Second))]);
    }

    public async Task<Outcome<PersonSet>> WhereAsync(ProjectId project, Predicate where, CancellationToken cancellationToken)
    {
        var context = await projects.ContextAsync(project, cancellationToken);
        var problems = PersonFilterProblems.Of(where, "where", context);
        if (problems.Count > 0)
        {
            return Outcome<PersonSet>.Refused(problems);
        }

        var store = await stores.OpenAsync(project, cancellationToken);
        return Outcome<PersonSet>.Accepted(await store.PeopleWhereAsync(where, context, cancellationToken));
    }

    public async Task<Person?> FindAsync(ProjectId project, string distinctId, CancellationToken cancellationToken)
    {
        var store = await stores.OpenAsync(project, cancellationToken);
        if (store.FindPerson(distinctId) is not { } number)
        {
            return null;
        }

        var canonicalId = store.DistinctIdsOf([number])[0];
        var all = await cohorts.ListAsync(project, includeArchived: false, cancellationToken);
        return new Person(
            number,
            canonicalId,
            store.FindProfile(canonicalId) ?? NoProfile,
            [.. all.Where(cohort => cohorts.MembersOf(project, cohort.Id).Contains(number))]);
    }

    public async Task<Erasure> EraseAsync(ProjectId project, IReadOnlyCollection<string> distinctIds, CancellationToken cancellationToken)
    {
        var store = await stores.OpenAsync(project, cancellationToken);
        var persons = distinctIds.Select(store.FindPerson).OfType<PersonNumber>().ToList();
        var ids = store.IdsOf(distinctIds).Union(distinctIds, StringComparer.Ordinal).ToList();
        mailbox.Erasing(project, persons);
        Erasure erasure;
        try
        {
            // Before, since the store then no longer knows their ids; after, since something may have been kept meanwhile.
            await ForgetAsync();
            erasure = await store.EraseAsync(distinctIds, cancellationToken);
            await ForgetAsync();
        }
        finally
        {
            // Also when it failed, since it may be carried out all the same; whoever is still there is looked at in vain.
            mailbox.Erased(project, persons);
        }

        foreach (var file in files)
        {
            await file.RemoveRemnantsAsync(cancellationToken);
        }

        return erasure;

        async Task ForgetAsync()
        {
            foreach (var other in others)
            {
                await other.ForgetAsync(project, ids, cancellationToken);
            }
        }
    }

    public async Task<IReadOnlyList<TrackedEvent>> TimelineAsync(ProjectId project, string distinctId, Instant? before, int limit, CancellationToken cancellationToken) =>
        await (await stores.OpenAsync(project, cancellationToken)).TimelineAsync(distinctId, before, limit, cancellationToken);

    private async Task<PersonSet> FoundAsync(ProjectId project, IEventStore store, PersonSet among, string search, CancellationToken cancellationToken)
    {
        var context = await projects.ContextAsync(project, cancellationToken);
        var byProfile = await store.PeopleWhereAsync(
            new AnyPredicate([.. ProfileNames.Searched.Select(property => new PropertyPredicate(PropertySource.User, property, PropertyOperator.Contains, [PropertyValue.Of(search)]))]),
            context,
            cancellationToken);
        var people = among.ToList();
        var byId = PersonSet.Of(people.Zip(store.DistinctIdsOf(people))
            .Where(pair => pair.Second.Contains(search, StringComparison.OrdinalIgnoreCase))
            .Select(pair => pair.First));
        return byProfile.And(among).Or(byId);
    }

    private static PersonSummary SummaryOf(IEventStore store, PersonNumber number, string distinctId)
    {
        var profile = store.FindProfile(distinctId) ?? NoProfile;
        return new PersonSummary(
            number,
            distinctId,
            ProfileNames.NameOf(profile),
            ProfileNames.EmailOf(profile),
            ProfileNames.TextOf(profile, ProfileOperations.LastSeen),
            profile);
    }
}
