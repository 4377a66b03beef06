using Rondo.Model.Predicates;

namespace Rondo.Model.Queries;

/// <summary>The property whose values split a report into segments.</summary>
public sealed record Breakdown(PropertySource Source, string Property);
