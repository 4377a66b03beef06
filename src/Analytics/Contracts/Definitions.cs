using System.Collections.Immutable;
using NodaTime;
using Rondo.Model;
using Rondo.Model.Predicates;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Contracts;

/// <summary>A union of events under a name.</summary>
/// <param name="Name">Unique in the project; questions name it.</param>
/// <param name="Description">Free text; may be empty.</param>
/// <param name="AnyOf">1 to 25 selectors of single events, each with a filter of its own.</param>
public sealed record CustomEvent(string Name, string Description, ImmutableArray<EventSelector> AnyOf);

/// <summary>A computed property under a name.</summary>
/// <param name="Name">Unique in the project; questions name it.</param>
/// <param name="Description">Free text; may be empty.</param>
/// <param name="Expression">See <see cref="Rondo.Model.Expressions.Expression"/>.</param>
public sealed record CustomProperty(string Name, string Description, string Expression);

/// <summary>A lookup table without its rows.</summary>
/// <param name="Name">Unique in the project; expressions name it.</param>
/// <param name="Columns">The key first.</param>
/// <param name="RowCount">Rows without the header.</param>
/// <param name="ChangedAt">When it was last put in place.</param>
public sealed record LookupTableSummary(string Name, ImmutableArray<string> Columns, int RowCount, Instant ChangedAt);

/// <summary>
/// What a project names for its questions. Saving replaces what had the name; every question asked afterwards uses it, for the
/// past too. Questions that name something deleted are refused; cohorts that do have nobody in that part.
/// </summary>
public interface IDefinitions
{
    /// <summary>By name.</summary>
    Task<IReadOnlyList<CustomEvent>> CustomEventsAsync(ProjectId project, CancellationToken cancellationToken);

    /// <summary>By name.</summary>
    Task<IReadOnlyList<CustomProperty>> CustomPropertiesAsync(ProjectId project, CancellationToken cancellationToken);

    /// <summary>By name.</summary>
    Task<IReadOnlyList<LookupTableSummary>> LookupTablesAsync(ProjectId project, CancellationToken cancellationToken);

    /// <summary>Saves a custom event; refused with every problem of its name and its selectors.</summary>
    Task<Outcome<CustomEvent>> SaveAsync(ProjectId project, CustomEvent customEvent, CancellationToken cancellationToken);

    /// <summary>Saves a custom property; refused with the character where its expression goes wrong.</summary>
    Task<Outcome<CustomProperty>> SaveAsync(ProjectId project, CustomProperty customProperty, CancellationToken cancellationToken);

    /// <summary>
    /// Puts a table in place, whole: CSV (RFC 4180) with a header whose names differ; the first column is the key, never empty
    /// and never twice. Cells are numbers, true, false, ISO dates, lists (<c>["a","b"]</c>) or text; empty ones are not set.
    /// Refused with the first ten rows that break a rule.
    /// </summary>
    Task<Outcome<LookupTableSummary>> SaveTableAsync(ProjectId project, string name, Stream csv, CancellationToken cancellationToken);

    /// <summary>False when there was none.</summary>
    Task<bool> DeleteCustomEventAsync(ProjectId project, string name, CancellationToken cancellationToken);

    /// <summary>False when there was none.</summary>
    Task<bool> DeleteCustomPropertyAsync(ProjectId project, string name, CancellationToken cancellationToken);

    /// <summary>False when there was none.</summary>
    Task<bool> DeleteTableAsync(ProjectId project, string name, CancellationToken cancellationToken);
}
