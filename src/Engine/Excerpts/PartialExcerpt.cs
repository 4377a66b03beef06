using System.Collections.Immutable;
using NodaTime;
using Rondo.Engine.Execution;
using Rondo.Engine.Identity;
using Rondo.Engine.Planning;
using Rondo.Engine.Profiles;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Engine.Excerpts;

/// <summary>
/// Some persons as a small store of their own, so that the operators of reports answer for them as they would for everyone:
/// nothing is evaluated twice in two ways.
/// </summary>
internal sealed class PartialExcerpt : IPeopleExcerpt
{
    private readonly StoreView _source;
    private readonly StoreView _view;
    private readonly ProfileTable _profiles = new();
    private readonly int[] _persons;
    private (QueryContext Asked, Question Question)? _last;

    /// <param name="source">Everything, or at least the rows of these persons; the excerpt's to dispose.</param>
    /// <param name="persons">Canonical, ascending.</param>
    /// <param name="position">The last batch in it.</param>
    public PartialExcerpt(StoreView source, PersonNumber[] persons, LogPosition position)
    {
        Position = position;
        _source = source;
        _persons = Array.ConvertAll(persons, person => person.Value);
        var merges = MergesOf(source.Ids, PersonSet.Of(persons));
        var rows = new PersonRows(source, _persons, merges);
        _view = new StoreView(new RunSource(0, rows.Named, () => rows.Timeline), IdsOf(merges), source.Names, _profiles);
        for (var place = 0; place < _persons.Length; place++)
        {
            if (source.Profiles.Find(_persons[place]) is { } profile)
            {
                _profiles.Restore(place + 1, profile);
            }
        }
    }

    public LogPosition Position { get; }

    public IReadOnlyList<PersonNumber> MembersOf(CohortDefinition definition, QueryContext context) =>
        [.. new PeopleOperator(QuestionFor(context)).MembersOf(definition).Select(ToWhole)];

    public IReadOnlyList<(PersonNumber Person, Instant At)> NextChanges(CohortDefinition definition, QueryContext context) =>
        [.. new NextChangeOperator(QuestionFor(context)).Of(definition).Select(change => (ToWhole(change.Person), change.At))];

    public Instant? NextMoveOf(CohortDefinition definition, QueryContext context) => ReportMoves.Next(definition, context);

    public IReadOnlyList<ImmutableArray<ConditionFact>> FactsOf(Predicate where, IReadOnlyList<PersonNumber> persons, QueryContext context) =>
        new FactsOperator(QuestionFor(context)).Of(where, [.. persons.Select(person => Array.BinarySearch(_persons, person.Value) is var place and >= 0 ? place + 1 : IdDirectory.Nobody)]);

    public void Dispose()
    {
        _profiles.Dispose();
        _source.Dispose();
    }

    /// <summary>One for all questions of one context: filters on persons and properties are worked out once.</summary>
    private Question QuestionFor(QueryContext context)
    {
        if (_last is not { } last || !ReferenceEquals(last.Asked, context))
        {
            var translated = context with { CohortMembers = cohort => ToPart(context.CohortMembers(cohort)) };
            _last = last = (context, new Question(_view, translated, 1, CancellationToken.None));
        }

        return last.Question;
    }

    private PersonNumber ToWhole(PersonNumber place) => new(_persons[place.Value - 1]);

    private PersonSet ToPart(PersonSet members)
    {
        var builder = new PersonSet.Builder();
        for (var place = 0; place < _persons.Length; place++)
        {
            if (members.Contains(new PersonNumber(_persons[place])))
            {
                builder.Add(new PersonNumber(place + 1));
            }
        }

        return builder.Build();
    }

    private static List<(int Sequence, Merge Merge)> MergesOf(IdSnapshot ids, PersonSet persons)
    {
        var found = new List<(int, Merge)>();
        var merges = ids.MergesFrom(0);
        for (var sequence = 0; sequence < merges.Length; sequence++)
        {
            if (persons.Contains(new PersonNumber(merges[sequence].User)))
            {
                found.Add((sequence, merges[sequence]));
            }
        }

        return found;
    }

    /// <summary>Everybody is themselves here; devices are gone into their users.</summary>
    private IdSnapshot IdsOf(List<(int Sequence, Merge Merge)> merges)
    {
        var ids = _source.Ids;
        var count = _persons.Length + 1;
        var canonical = new int[count];
        var hasEvents = new ulong[(count + 63) / 64];
        for (var number = 1; number < count; number++)
        {
            canonical[number] = number;
            Mark(number, ids.HasEvents(_persons[number - 1]));
        }

        foreach (var (_, merge) in merges)
        {
            Mark(Array.BinarySearch(_persons, merge.User) + 1, ids.HasEvents(merge.Device));
        }

        return new IdSnapshot(canonical, count, hasEvents, [], 0);

        void Mark(int number, bool has) => hasEvents[number >> 6] |= has ? 1UL << (number & 63) : 0;
    }
}
