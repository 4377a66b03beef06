using System.Collections.Immutable;
using NodaTime;
using Rondo.Engine.Execution;
using Rondo.Engine.Planning;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Engine.Excerpts;

/// <summary>Everyone at one moment: the view itself.</summary>
internal sealed class WholeExcerpt(StoreView view, LogPosition position, int threads) : IPeopleExcerpt
{
    public LogPosition Position => position;

    public IReadOnlyList<PersonNumber> MembersOf(CohortDefinition definition, QueryContext context) => [.. new PeopleOperator(QuestionFor(context)).MembersOf(definition)];

    public IReadOnlyList<(PersonNumber Person, Instant At)> NextChanges(CohortDefinition definition, QueryContext context) => [.. new NextChangeOperator(QuestionFor(context)).Of(definition)];

    public Instant? NextMoveOf(CohortDefinition definition, QueryContext context) => ReportMoves.Next(definition, context);

    public IReadOnlyList<ImmutableArray<ConditionFact>> FactsOf(Predicate where, IReadOnlyList<PersonNumber> persons, QueryContext context) =>
        new FactsOperator(QuestionFor(context)).Of(where, [.. persons.Select(person => person.Value)]);

    public void Dispose() => view.Dispose();

    private Question QuestionFor(QueryContext context) => new(view, context, threads, CancellationToken.None);
}
