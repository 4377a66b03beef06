using NodaTime;
using NodaTime.Text;
using Rondo.Analytics.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Stores;

namespace Rondo.HttpApi.Rondo;

/// <summary>A page of a cohort's members.</summary>
/// <param name="Total">How many there are in all.</param>
/// <param name="People">Those of this page.</param>
internal sealed record MembersReply(int Total, IReadOnlyList<MemberReply> People);

/// <summary>A member, as in a list of people.</summary>
/// <param name="DistinctId">The canonical id.</param>
/// <param name="Name">From the profile.</param>
/// <param name="Email">From the profile.</param>
/// <param name="LastSeen">From the profile.</param>
/// <param name="Profile">The whole profile.</param>
/// <param name="Since">When they entered; null for somebody who left while the list was made.</param>
/// <param name="Why">The conditions that hold.</param>
internal sealed record MemberReply(string DistinctId, string? Name, string? Email, string? LastSeen, IReadOnlyDictionary<string, PropertyValue> Profile, Instant? Since, IReadOnlyList<ReasonReply> Why)
{
    public static MemberReply Of(PersonSummary person, CohortMember member, Func<CohortId, string?> cohortName) =>
        new(person.DistinctId, person.Name, person.Email, person.LastSeen, person.Profile, member.Since, [.. member.Why.Select(fact => ReasonReply.Of(fact, cohortName))]);

    /// <summary>Since when and why, as cells of a CSV.</summary>
    public static IReadOnlyList<string?> CellsOf(CohortMember member, Func<CohortId, string?> cohortName) =>
        [member.Since is { } since ? InstantPattern.General.Format(since) : null, string.Join("; ", member.Why.Select(fact => Wording.Of(fact, cohortName)))];
}

/// <summary>A condition that holds.</summary>
/// <param name="Words">The condition and what it comes to, in English.</param>
/// <param name="Condition">The condition, as in the definition.</param>
/// <param name="IsNegated">Whether a "not" stands around it.</param>
/// <param name="Figure">How often it was done, or the figure; null for conditions on properties and cohorts.</param>
/// <param name="LastAt">When the last event that counts happened.</param>
/// <param name="Value">The value of the property; null for other conditions.</param>
internal sealed record ReasonReply(string Words, Predicate Condition, bool IsNegated, double? Figure, Instant? LastAt, PropertyValue Value)
{
    public static ReasonReply Of(ConditionFact fact, Func<CohortId, string?> cohortName) =>
        new(Wording.Of(fact, cohortName), fact.Condition, fact.IsNegated, fact.Figure, fact.LastAt, fact.Value);
}
