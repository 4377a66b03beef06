using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Segments;

/// <summary>
/// The filter tree for one event or one person, as it is now: profile and cohorts from memory, what a person did asked of the
/// store once for all persons of a batch. Not thread-safe; made anew for each batch.
/// </summary>
internal sealed class LiveMatch(IEventStore store, QueryContext context)
{
    private readonly Dictionary<Predicate, PersonSet> _did = [];

    /// <summary>Whether an event is one that a selector means.</summary>
    public async ValueTask<bool> MatchesAsync(EventSelector selector, TrackedEvent tracked, CancellationToken cancellationToken) =>
        selector.MatchesName(tracked.Name, context.Lexicon)
        && (selector.Filter is null || await MatchesAsync(selector.Filter, tracked, tracked.DistinctId, cancellationToken));

    /// <summary>Whether a person is in an audience.</summary>
    public ValueTask<bool> MatchesAsync(Predicate where, string distinctId, CancellationToken cancellationToken) => MatchesAsync(where, null, distinctId, cancellationToken);

    private async ValueTask<bool> MatchesAsync(Predicate predicate, TrackedEvent? tracked, string distinctId, CancellationToken cancellationToken)
    {
        switch (predicate)
        {
            case AllPredicate all:
                foreach (var part in all.Of)
                {
                    if (!await MatchesAsync(part, tracked, distinctId, cancellationToken))
                    {
                        return false;
                    }
                }

                return true;
            case AnyPredicate any:
                foreach (var part in any.Of)
                {
                    if (await MatchesAsync(part, tracked, distinctId, cancellationToken))
                    {
                        return true;
                    }
                }

                return false;
            case NotPredicate not:
                return !await MatchesAsync(not.Of, tracked, distinctId, cancellationToken);
            case PropertyPredicate property:
                return PropertyMatch.Matches(new Subject(store, tracked, distinctId).ValueOf(property.Source, property.Property, context), property, context);
            case CohortPredicate cohort:
                return (store.FindPerson(distinctId) is { } member && context.CohortMembers(cohort.Cohort).Contains(member)) == cohort.IsMember;
            case DidPredicate or FigurePredicate or SequencePredicate:
                return store.FindPerson(distinctId) is { } person && (await DidAsync(predicate, cancellationToken)).Contains(person);
            default:
                throw new InvalidOperationException($"{predicate.GetType().Name} is not a kind of filter.");
        }
    }

    private async ValueTask<PersonSet> DidAsync(Predicate did, CancellationToken cancellationToken)
    {
        if (!_did.TryGetValue(did, out var people))
        {
            _did[did] = people = await store.PeopleWhereAsync(did, context, cancellationToken);
        }

        return people;
    }

    private sealed record Subject(IEventStore Store, TrackedEvent? Tracked, string DistinctId) : IPropertySubject
    {
        public PropertyValue OfEvent(string property)
        {
            switch (property)
            {
                case BuiltInProperties.Time: return Tracked is null ? PropertyValue.Null : PropertyValue.Of(Tracked.Time);
                case BuiltInProperties.EventName: return Tracked is null ? PropertyValue.Null : PropertyValue.Of(Tracked.Name);
            }

            foreach (var (name, value) in Tracked?.Properties ?? [])
            {
                if (name == property)
                {
                    return value;
                }
            }

            return PropertyValue.Null;
        }

        public PropertyValue OfUser(string property) => Store.FindProfile(DistinctId) is { } profile && profile.TryGetValue(property, out var value) ? value : PropertyValue.Null;
    }
}
