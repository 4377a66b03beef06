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

/// <summary>Members and the moment they were computed: one row, so that they cannot disagree.</summary>
internal sealed class MembershipRow
{
    public required int CohortId { get; set; }

    public required Instant ComputedAt { get; set; }

    public required int Size { get; set; }

    /// <summary>See <see cref="MembershipBlob"/>.</summary>
    public required byte[] Members { get; set; }
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
