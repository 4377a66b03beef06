using System.Collections.Immutable;
using NodaTime;
using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;

namespace Rondo.Model.Stores;

/// <summary>
/// What a store knows of some persons at one moment, taken out so that hundreds of questions about them cost little. Belongs to
/// one caller at a time, who disposes it. Answers are those that the whole store gave at that moment, restricted to them.
/// </summary>
/// <remarks>What depends on everybody (see <see cref="PointScope.IsPersonal"/>) may only be asked of an excerpt of everyone.</remarks>
public interface IPeopleExcerpt : IDisposable
{
    /// <summary>The last batch in it.</summary>
    LogPosition Position { get; }

    /// <summary>The members of a dynamic cohort among the persons, ascending.</summary>
    IReadOnlyList<PersonNumber> MembersOf(CohortDefinition definition, QueryContext context);

    /// <summary>
    /// For each of the persons, ascending, the next instant after the present at which time alone may change whether they
    /// belong: never too late, perhaps too early. Persons for whom there is none are left out. At <see cref="NextMoveOf"/>
    /// anybody may change.
    /// </summary>
    IReadOnlyList<(PersonNumber Person, Instant At)> NextChanges(CohortDefinition definition, QueryContext context);

    /// <summary>
    /// When the report of a point next moves as a whole: its range goes on, a cell becomes complete. Null for never, and for
    /// filters, whose ranges concern each person at another time.
    /// </summary>
    Instant? NextMoveOf(CohortDefinition definition, QueryContext context);

    /// <summary>For each of some of the persons, in the given order, what each condition of a filter comes to.</summary>
    IReadOnlyList<ImmutableArray<ConditionFact>> FactsOf(Predicate where, IReadOnlyList<PersonNumber> persons, QueryContext context);
}

/// <summary>What one condition of a filter comes to for one person.</summary>
/// <param name="Condition">The condition: one that has no parts.</param>
/// <param name="Holds">Whether it holds, a "not" around it included.</param>
/// <param name="IsNegated">Whether a "not" stands around it.</param>
public sealed record ConditionFact(Predicate Condition, bool Holds, bool IsNegated)
{
    /// <summary>How often it was done, or the figure; null for conditions on properties and cohorts, and where there is no figure.</summary>
    public double? Figure { get; init; }

    /// <summary>When the last event that counts happened; of a sequence the last first step. Null when there is none.</summary>
    public Instant? LastAt { get; init; }

    /// <summary>The value of the property looked at; not set for other conditions.</summary>
    public PropertyValue Value { get; init; }
}
