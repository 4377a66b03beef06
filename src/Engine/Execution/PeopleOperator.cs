using Rondo.Engine.Execution.Insights;
using Rondo.Engine.Execution.Kernels;
using Rondo.Engine.Execution.Straight;
using Rondo.Engine.Identity;
using Rondo.Engine.Planning;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;

namespace Rondo.Engine.Execution;

/// <summary>Finds the persons that match a filter on persons: sets of persons, combined by and, or and except.</summary>
internal sealed class PeopleOperator(Question question)
{
    private PersonSet? _everyone;

    /// <summary>Each canonical id with an event or a profile.</summary>
    public PersonSet Everyone() => _everyone ??= FindEveryone();

    /// <summary>The members of a dynamic cohort.</summary>
    public PersonSet MembersOf(CohortDefinition definition) => definition switch
    {
        FilterCohort filter => Where(filter.Where),
        PointCohort point => PointOperator.PeopleAt(question, point.Point),
        _ => throw new InvalidOperationException($"{definition.GetType().Name} is not computed."),
    };

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
        FigurePredicate figure => WhereFigure(figure),
        SequencePredicate sequence => WhereSequence(sequence),
        _ => throw new InvalidOperationException($"{predicate.GetType().Name} cannot be asked of a person."),
    };

    private PersonSet WhereProperty(PropertyPredicate predicate)
    {
        var builder = new PersonSet.Builder();
        var matches = question.Filter.Values.OfPersons(predicate.Source, predicate.Property).Convert(value => PropertyMatch.Matches(value, predicate, question.Context));
        for (var person = 0; person < matches.Length; person++)
        {
            if (matches[person])
            {
                builder.Add(new PersonNumber(person));
            }
        }

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

    private PersonSet WhereFigure(FigurePredicate figure)
    {
        var window = figure.During?.Resolve(question.Context.Calendar, question.Context.Now);
        var start = window?.Start.ToUnixTimeMilliseconds() ?? long.MinValue;
        var end = window?.End.ToUnixTimeMilliseconds() ?? long.MaxValue;
        var track = Track.Of(question.View, question.Filter, figure.Event, null);
        var reader = new PropertyReader(question.Filter.Values, track, figure.Property.Source, figure.Property.Property);
        var states = PersonScan.Run(
            track,
            question.View,
            question.Threads,
            _ => (People: new PersonSet.Builder(), Figure: new PersonalFigure(figure, question.Context.Calendar)),
            (state, cursor, person) =>
            {
                if (person == IdDirectory.Nobody)
                {
                    return;
                }

                var times = cursor.Times;
                for (var index = TimeBuckets.LowerBound(times, start); index < times.Length && times[index] < end; index++)
                {
                    state.Figure.Add(reader.Of(cursor.RunOf(index), cursor.RowOf(index), person));
                }

                if (state.Figure.TakeMatches())
                {
                    state.People.Add(new PersonNumber(person));
                }
            },
            question.CancellationToken);
        return InsightsOperator.Union([.. states.Select(state => state.People)]);
    }

    private PersonSet WhereSequence(SequencePredicate sequence)
    {
        var funnel = sequence.ToFunnel();
        PersonSet Reached(int step) => new FunnelOperator(question, funnel).PeopleAt(new FunnelPoint(funnel, step, FunnelOutcome.Converted, Segment.Overall));
        var completed = Reached(sequence.Steps.Length - 1);
        return sequence.Outcome == SequenceOutcome.Completed ? completed : Reached(0).Except(completed);
    }

    private PersonSet FindEveryone()
    {
        // Whoever has events, a merged device's under its user; then whoever has a profile. A profile that was set on a device
        // is nobody's once the device is merged (Mixpanel reference, 2.1).
        var ids = question.View.Ids;
        if (question.Context.EventsBefore is { } moment)
        {
            return KnownBefore(moment.ToUnixTimeMilliseconds(), ids);
        }

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

    /// <summary>Everyone with an event before a moment, and those who have only a profile.</summary>
    private PersonSet KnownBefore(long moment, IdSnapshot ids)
    {
        var profiles = question.View.Profiles.Existing(ids.Count);
        var builder = new PersonSet.Builder();
        for (var number = 1; number < ids.Count; number++)
        {
            if (!ids.HasEvents(number) && profiles[number] && ids.Canonical[number] == number)
            {
                builder.Add(new PersonNumber(number));
            }
        }

        var withEvents = PersonScan.Run(
            Track.Timeline(question.View),
            question.View,
            question.Threads,
            _ => (Early: new PersonSet.Builder(), Late: new PersonSet.Builder()),
            (state, cursor, person) =>
            {
                if (person != IdDirectory.Nobody)
                {
                    (cursor.Times[0] < moment ? state.Early : state.Late).Add(new PersonNumber(person));
                }
            },
            question.CancellationToken);
        return builder.Build().Except(InsightsOperator.Union([.. withEvents.Select(state => state.Late)])).Or(InsightsOperator.Union([.. withEvents.Select(state => state.Early)]));
    }
}
