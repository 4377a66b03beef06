using Rondo.Engine.Execution.Straight;
using Rondo.Engine.Planning;
using Rondo.Model.Predicates;
using Rondo.Model.Stores;
using Rondo.Model.Time;

namespace Rondo.Engine.Execution;

/// <summary>Finds the persons that match a filter on persons: sets of persons, combined by and, or and except.</summary>
internal sealed class PeopleOperator(Question question)
{
    private PersonSet? _everyone;

    /// <summary>Each canonical id with an event or a profile.</summary>
    public PersonSet Everyone() => _everyone ??= FindEveryone();

    public PersonSet Where(Predicate predicate) => predicate switch
    {
        AllPredicate all => all.Of.Aggregate(Everyone(), (people, part) => people.And(Where(part))),
        AnyPredicate any => any.Of.Aggregate(PersonSet.Empty, (people, part) => people.Or(Where(part))),
        NotPredicate not => Everyone().Except(Where(not.Of)),
        PropertyPredicate property => WhereProperty(property),
        CohortPredicate cohort => cohort.IsMember
            ? Everyone().And(question.Context.CohortMembers(cohort.Cohort))
            : Everyone().Except(question.Context.CohortMembers(cohort.Cohort)),
        DidPredicate did => WhereDid(did),
        _ => throw new InvalidOperationException($"{predicate.GetType().Name} cannot be asked of a person."),
    };

    private PersonSet WhereProperty(PropertyPredicate predicate)
    {
        var builder = new PersonSet.Builder();
        question.View.Profiles.Visit(predicate.Property, question.View.Ids.Count, (person, value) =>
        {
            if (PropertyMatch.Matches(value, predicate, question.Context.Calendar))
            {
                builder.Add(new PersonNumber(person));
            }
        });
        return builder.Build().And(Everyone());
    }

    private PersonSet WhereDid(DidPredicate did)
    {
        // Whoever did it more often than the count decides; for "at most" and "exactly" those are taken away from everyone.
        var threshold = did.Comparison == CountComparison.AtLeast ? did.Count : did.Count + 1;
        var enough = threshold <= 0 ? Everyone() : WhoDid(did.Event, did.During, threshold);
        return did.Comparison switch
        {
            CountComparison.AtLeast => enough,
            CountComparison.AtMost => Everyone().Except(enough),
            _ => (did.Count == 0 ? Everyone() : WhoDid(did.Event, did.During, did.Count)).Except(enough),
        };
    }

    private PersonSet WhoDid(EventSelector selector, DateRange? during, int minimumCount)
    {
        var window = during?.Resolve(question.Context.Calendar, question.Context.Now);
        var start = window?.Start.ToUnixTimeMilliseconds() ?? long.MinValue;
        var end = window?.End.ToUnixTimeMilliseconds() ?? long.MaxValue;
        return new StraightCounting(question, Track.Of(question.View, question.Filter, selector, null), start, end).AtLeast(minimumCount);
    }

    private PersonSet FindEveryone()
    {
        // Whoever has events, a merged device's under its user; then whoever has a profile. A profile that was set on a device
        // is nobody's once the device is merged (Mixpanel reference, 2.1).
        var ids = question.View.Ids;
        var words = ids.EventWords.ToArray();
        words[0] &= ~1UL;
        foreach (var (device, user) in ids.MergesFrom(0))
        {
            if (ids.HasEvents(device))
            {
                words[device >> 6] &= ~(1UL << (device & 63));
                words[user >> 6] |= 1UL << (user & 63);
            }
        }

        var profiles = question.View.Profiles.Existing(ids.Count);
        for (var number = 1; number < profiles.Length; number++)
        {
            words[number >> 6] |= (profiles[number] && ids.Canonical[number] == number ? 1UL : 0) << (number & 63);
        }

        return PersonSet.OfWords(words);
    }
}
