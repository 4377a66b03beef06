using System.Text.Json.Serialization;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;

namespace Rondo.Model.Cohorts;

/// <summary>Who belongs to a cohort.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(FilterCohort), "filter")]
[JsonDerivedType(typeof(PointCohort), "point")]
[JsonDerivedType(typeof(StaticCohort), "static")]
public abstract record CohortDefinition;

/// <summary>Everyone who matches: profile, other cohorts, and what the person did or did not do.</summary>
public sealed record FilterCohort(Predicate Where) : CohortDefinition;

/// <summary>The people behind one point of a report, kept fresh as the report itself would be.</summary>
public sealed record PointCohort(ReportPoint Point) : CohortDefinition;

/// <summary>A list fixed when it was made; <paramref name="Origin"/> says in words where it came from.</summary>
public sealed record StaticCohort(string Origin) : CohortDefinition;
