using System.Collections.Immutable;
using NodaTime;
using Rondo.Engine.Execution;
using Rondo.Engine.Execution.Insights;
using Rondo.Engine.Execution.Kernels;
using Rondo.Engine.Identity;
using Rondo.Engine.Planning;
using Rondo.Model.Predicates;
using Rondo.Model.Stores;
using Rondo.Model.Time;

namespace Rondo.Engine.Excerpts;

/// <summary>Works out what each condition of a filter comes to for a few persons.</summary>
internal sealed class FactsOperator(Question question)
{
    /// <param name="where">The filter.</param>
    /// <param name="persons">Numbers of the view; nobody has no facts.</param>
    public IReadOnlyList<ImmutableArray<ConditionFact>> Of(Predicate where, int[] persons)
    {
        var facts = Array.ConvertAll(persons, _ => ImmutableArray.CreateBuilder<ConditionFact>());
        foreach (var (condition, isNegated) in ConditionsIn(where, false))
        {
            var matching = new PeopleOperator(question).Where(condition);
            var figures = FiguresOf(condition, persons);
            for (var index = 0; index < persons.Length; index++)
            {
                if (persons[index] != IdDirectory.Nobody)
                {
                    facts[index].Add(figures(persons[index]) with { Holds = matching.Contains(new PersonNumber(persons[index])) != isNegated, IsNegated = isNegated });
                }
            }
        }

        return [.. facts.Select(ofPerson => ofPerson.ToImmutable())];
    }

    private static IEnumerable<(Predicate Condition, bool IsNegated)> ConditionsIn(Predicate predicate, bool isNegated) => predicate switch
    {
        AllPredicate all => all.Of.SelectMany(part => ConditionsIn(part, isNegated)),
        AnyPredicate any => any.Of.SelectMany(part => ConditionsIn(part, isNegated)),
        NotPredicate not => ConditionsIn(not.Of, !isNegated),
        _ => [(predicate, isNegated)],
    };

    private Func<int, ConditionFact> FiguresOf(Predicate condition, int[] persons)
    {
        var bare = new ConditionFact(condition, false, false);
        switch (condition)
        {
            case PropertyPredicate property:
                var values = question.Filter.Values.OfPersons(property.Source, property.Property);
                return person => bare with { Value = values[person] };
            case DidPredicate did:
                return Read(bare, did.Event, did.During, persons, (_, _, _, first, end) => end - first);
            case FigurePredicate figure:
                PropertyReader? reader = null;
                return Read(bare, figure.Event, figure.During, persons, (track, cursor, person, first, end) =>
                {
                    reader ??= new PropertyReader(question.Filter.Values, track, figure.Property.Source, figure.Property.Property);
                    var worked = new PersonalFigure(figure, question.Context.Calendar);
                    for (var index = first; index < end; index++)
                    {
                        worked.Add(reader.Of(cursor.RunOf(index), cursor.RowOf(index), person));
                    }

                    return worked.Take();
                });
            case SequencePredicate sequence:
                return Read(bare, sequence.Steps[0], sequence.During, persons, (_, _, _, _, _) => null);
            default:
                return _ => bare;
        }
    }

    private delegate double? Figure(Track track, TrackCursor cursor, int person, int first, int end);

    private Func<int, ConditionFact> Read(ConditionFact bare, EventSelector selector, DateRange? range, int[] persons, Figure figure)
    {
        var window = range?.Resolve(question.Context.Calendar, question.Context.Now);
        var start = window?.Start.ToUnixTimeMilliseconds() ?? long.MinValue;
        var end = window?.End.ToUnixTimeMilliseconds() ?? long.MaxValue;
        var track = Track.Of(question.View, question.Filter, selector, null);
        var cursor = new TrackCursor(track, question.View.Ids, IdDirectory.Nobody + 1);
        var facts = new Dictionary<int, ConditionFact>();
        foreach (var person in persons.Where(person => person != IdDirectory.Nobody).Distinct().Order())
        {
            var found = bare with { Figure = bare.Condition is DidPredicate ? 0 : null };
            if (cursor.MoveTo(person))
            {
                var (first, last) = (TimeBuckets.LowerBound(cursor.Times, start), TimeBuckets.LowerBound(cursor.Times, end));
                if (last > first)
                {
                    found = bare with { Figure = figure(track, cursor, person, first, last), LastAt = Instant.FromUnixTimeMilliseconds(cursor.Times[last - 1]) };
                }
            }

            facts.Add(person, found);
        }

        return person => facts[person];
    }
}
