using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Rondo.Model.Time;

namespace Rondo.Model.Predicates;

/// <summary>
/// The one filter tree. On an event it may ask for event properties, the person's current profile and cohorts; on a person
/// (cohorts, segments) for profile, cohorts and what the person did.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(AllPredicate), "all")]
[JsonDerivedType(typeof(AnyPredicate), "any")]
[JsonDerivedType(typeof(NotPredicate), "not")]
[JsonDerivedType(typeof(PropertyPredicate), "property")]
[JsonDerivedType(typeof(CohortPredicate), "cohort")]
[JsonDerivedType(typeof(DidPredicate), "did")]
[JsonDerivedType(typeof(FigurePredicate), "figure")]
[JsonDerivedType(typeof(SequencePredicate), "sequence")]
public abstract record Predicate;

/// <summary>Every part holds; with no parts, everything matches.</summary>
public sealed record AllPredicate(ImmutableArray<Predicate> Of) : Predicate
{
    /// <inheritdoc/>
    public bool Equals(AllPredicate? other) => other is not null && Of.SequenceEqual(other.Of);

    /// <inheritdoc/>
    public override int GetHashCode() => Of.Aggregate(17, HashCode.Combine);
}

/// <summary>At least one part holds; with no parts, nothing matches.</summary>
public sealed record AnyPredicate(ImmutableArray<Predicate> Of) : Predicate
{
    /// <inheritdoc/>
    public bool Equals(AnyPredicate? other) => other is not null && Of.SequenceEqual(other.Of);

    /// <inheritdoc/>
    public override int GetHashCode() => Of.Aggregate(19, HashCode.Combine);
}

/// <summary>The part does not hold.</summary>
public sealed record NotPredicate(Predicate Of) : Predicate;

/// <summary>Where a property is looked up.</summary>
public enum PropertySource
{
    /// <summary>On the event itself.</summary>
    Event = 1,

    /// <summary>In the person's profile as it is now, also for past events.</summary>
    User = 2,

    /// <summary>Computed: the "property" is the text of an <see cref="Rondo.Model.Expressions.Expression"/>.</summary>
    Expression = 3,

    /// <summary>Computed by the expression that the lexicon keeps under the name in "property".</summary>
    Custom = 4,
}

/// <summary>How a condition is asked of a list.</summary>
public enum ListItems
{
    /// <summary>At least one item satisfies it.</summary>
    Any = 1,

    /// <summary>There are items, and every one satisfies it.</summary>
    All = 2,
}

/// <summary>A condition on one property; what each operator means is in <see cref="PropertyMatch"/>.</summary>
public sealed record PropertyPredicate(PropertySource Source, string Property, PropertyOperator Operator, ImmutableArray<PropertyValue> Values) : Predicate
{
    /// <summary>Any or all items of a list; null: any of them for a positive operator, none of them against a negative one.</summary>
    public ListItems? Items { get; init; }

    /// <inheritdoc/>
    public bool Equals(PropertyPredicate? other) =>
        other is not null && Source == other.Source && Property == other.Property && Operator == other.Operator && Items == other.Items && Values.SequenceEqual(other.Values);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Source, Property, Operator, Values.Length);
}

/// <summary>The person is (or is not) in a cohort now.</summary>
public sealed record CohortPredicate(CohortId Cohort, bool IsMember) : Predicate;

/// <summary>
/// The person did an event so many times in a window: "did Purchase at least 3 times in the last 30 days".
/// "Did not" is <see cref="CountComparison.Exactly"/> 0.
/// </summary>
/// <param name="Event">Which events count.</param>
/// <param name="Comparison">How the count is compared.</param>
/// <param name="Count">The number compared with; 0 or more.</param>
/// <param name="During">The days looked at; null means the whole history.</param>
public sealed record DidPredicate(EventSelector Event, CountComparison Comparison, int Count, DateRange? During) : Predicate;

/// <summary>How a count is compared.</summary>
public enum CountComparison
{
    /// <summary>The count or more.</summary>
    AtLeast = 1,

    /// <summary>The count or less; 0 times included.</summary>
    AtMost = 2,

    /// <summary>Just the count.</summary>
    Exactly = 3,
}
