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

/// <summary>What an entry of the lexicon describes.</summary>
public enum LexiconKind
{
    /// <summary>An event by its name.</summary>
    Event = 1,

    /// <summary>A property of events.</summary>
    EventProperty = 2,

    /// <summary>A property of profiles.</summary>
    UserProperty = 3,
}

/// <summary>What becomes of an event or a property. The numbers are stored; they may be added to, never changed.</summary>
public enum LexiconStatus
{
    /// <summary>Offered everywhere.</summary>
    Visible = 0,

    /// <summary>Not offered; a hidden event is not "any event", not in flows and in no session. Taken and kept as before.</summary>
    Hidden = 1,

    /// <summary>Hidden, and no longer taken: events are dropped as they come, properties left out. What was kept stays.</summary>
    Dropped = 2,
}

/// <summary>What somebody has written about an event or a property.</summary>
/// <param name="Kind">Which of them.</param>
/// <param name="Name">As it is tracked.</param>
/// <param name="DisplayName">Shown in its place where it is picked; empty for none.</param>
/// <param name="Description">Free text; may be empty.</param>
/// <param name="Status">What becomes of it.</param>
public sealed record LexiconEntry(LexiconKind Kind, string Name, string DisplayName = "", string Description = "", LexiconStatus Status = LexiconStatus.Visible);

/// <summary>What kind of thing a project names.</summary>
public enum DefinedKind
{
    /// <summary>A custom event.</summary>
    CustomEvent = 1,

    /// <summary>A custom property.</summary>
    CustomProperty = 2,

    /// <summary>A lookup table.</summary>
    LookupTable = 3,
}

/// <summary>Something that names a definition, so that it cannot be deleted.</summary>
/// <param name="By">cohort, segment, campaign, customEvent, customProperty or sessions.</param>
/// <param name="Name">Its name; of the project's sessions empty.</param>
public sealed record DefinitionUse(string By, string Name);

/// <summary>Somebody whose definitions may name what a project has named. The half that keeps it asks every one of them.</summary>
public interface IDefinitionUser
{
    /// <summary>Each definition of a project: what it is, its name, and what of the lexicon it names.</summary>
    Task<IReadOnlyList<(DefinitionUse Use, Model.Lexicon.LexiconReferences References)>> ReferencesAsync(ProjectId project, CancellationToken cancellationToken);
}

/// <summary>
/// What a project names for its questions. Saving replaces what had the name; every question asked afterwards uses it, for the
/// past too. What a cohort, a segment, a campaign or another definition names is not deleted.
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

    /// <summary>What names it; empty when it may be deleted.</summary>
    Task<IReadOnlyList<DefinitionUse>> UsesAsync(ProjectId project, DefinedKind kind, string name, CancellationToken cancellationToken);

    /// <summary>False when there was none; refused, under "name", while something names it.</summary>
    Task<Outcome<bool>> DeleteAsync(ProjectId project, DefinedKind kind, string name, CancellationToken cancellationToken);

    /// <summary>What is written about events and properties, in no particular order; what nobody wrote about is not there.</summary>
    Task<IReadOnlyList<LexiconEntry>> EntriesAsync(ProjectId project, CancellationToken cancellationToken);

    /// <summary>Writes about an event or a property; what is hidden or dropped is so at once.</summary>
    Task<Outcome<LexiconEntry>> SaveAsync(ProjectId project, LexiconEntry entry, CancellationToken cancellationToken);
}
