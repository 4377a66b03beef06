using NodaTime;

namespace Rondo.Analytics.Data;

/// <summary>A project as stored; keys only as hashes.</summary>
internal sealed class ProjectRow
{
    public int Id { get; set; }

    public required string Name { get; set; }

    public required string Token { get; set; }

    public required byte[] SecretHash { get; set; }

    public required byte[] RestKeyHash { get; set; }

    public required string TimeZone { get; set; }

    public required IsoDayOfWeek WeekStart { get; set; }

    /// <summary>JSON of what a session is; null for the usual definition.</summary>
    public string? Sessions { get; set; }

    /// <summary>Keys the hash that stands in for a missing id when the client asks for its address to be used.</summary>
    public required byte[] AddressSalt { get; set; }

    public required Instant CreatedAt { get; set; }
}

/// <summary>A cohort as stored; its words are made when it is read, since they name other cohorts.</summary>
internal sealed class CohortRow
{
    public int Id { get; set; }

    public required int ProjectId { get; set; }

    public required string Name { get; set; }

    public required string Description { get; set; }

    public required string Definition { get; set; }

    public required bool IsArchived { get; set; }

    public required Instant CreatedAt { get; set; }
}

/// <summary>
/// Members, since when, and the moment they were computed: one row, so that they cannot disagree. Changes after
/// <see cref="Version"/> are in <see cref="MembershipChangeRow"/>.
/// </summary>
internal sealed class MembershipRow
{
    public required int CohortId { get; set; }

    public required Instant ComputedAt { get; set; }

    /// <summary>The last change that is in it.</summary>
    public required long Version { get; set; }

    public required int Size { get; set; }

    /// <summary>See <see cref="MembershipBlob"/>.</summary>
    public required byte[] Members { get; set; }

    /// <summary>See <see cref="SinceBlob"/>; empty when every member is in it since <see cref="ComputedAt"/>.</summary>
    public required byte[] Since { get; set; }

    /// <summary>When a full computation was last compared with the members; null when never.</summary>
    public Instant? ComparedAt { get; set; }

    /// <summary>Persons whom that comparison found missing.</summary>
    public int MissingCount { get; set; }

    /// <summary>Members whom it found in excess.</summary>
    public int ExcessCount { get; set; }
}

/// <summary>Who entered and left a cohort: one line of the stream that readers follow, and what a membership is brought up to date with.</summary>
internal sealed class MembershipChangeRow
{
    public long Version { get; set; }

    public required int ProjectId { get; set; }

    public required int CohortId { get; set; }

    public required Instant At { get; set; }

    /// <summary>See <see cref="PersonListBlob"/>.</summary>
    public required byte[] Entered { get; set; }

    /// <summary>See <see cref="PersonListBlob"/>.</summary>
    public required byte[] Left { get; set; }
}

/// <summary>How far a project's old changes have been forgotten.</summary>
internal sealed class MembershipHorizonRow
{
    public required int ProjectId { get; set; }

    /// <summary>The last version forgotten; 0 while none is.</summary>
    public required long Version { get; set; }
}

/// <summary>The size of a cohort at one computation that changed it.</summary>
internal sealed class CohortSizeRow
{
    public required int CohortId { get; set; }

    public required Instant At { get; set; }

    public required int Size { get; set; }
}

/// <summary>How many records of one kind a project has had.</summary>
internal sealed class IngestionCountRow
{
    /// <summary>0 for records that named no project.</summary>
    public required int ProjectId { get; set; }

    /// <summary>See <see cref="Ingestion.IngestionCounters"/>.</summary>
    public required int Counter { get; set; }

    public required long Count { get; set; }
}

/// <summary>What a named definition is. The numbers are stored; they may be added to, never changed.</summary>
internal enum DefinitionKind
{
    /// <summary>A custom event: JSON of its selectors.</summary>
    CustomEvent = 1,

    /// <summary>A custom property: the text of its expression.</summary>
    CustomProperty = 2,

    /// <summary>What is written about an event: JSON of the entry.</summary>
    Event = 3,

    /// <summary>What is written about a property of events.</summary>
    EventProperty = 4,

    /// <summary>What is written about a property of profiles.</summary>
    UserProperty = 5,
}

/// <summary>Something a project has named for its questions.</summary>
internal sealed class DefinitionRow
{
    public required int ProjectId { get; set; }

    public required DefinitionKind Kind { get; set; }

    public required string Name { get; set; }

    public required string Description { get; set; }

    public required string Definition { get; set; }

    public required Instant ChangedAt { get; set; }
}

/// <summary>A lookup table: the CSV file as it came, gzipped.</summary>
internal sealed class LookupTableRow
{
    public required int ProjectId { get; set; }

    public required string Name { get; set; }

    /// <summary>JSON list of the column names, the key first.</summary>
    public required string Columns { get; set; }

    public required int RowCount { get; set; }

    public required byte[] Content { get; set; }

    public required Instant ChangedAt { get; set; }
}
