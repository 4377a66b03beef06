using NodaTime;
using Rondo.Engagement.Contracts;

namespace Rondo.Engagement.Data;

/// <summary>A saved audience filter.</summary>
internal sealed class SegmentRow
{
    public int Id { get; set; }

    public int Project { get; set; }

    public required string Name { get; set; }

    public required string Description { get; set; }

    /// <summary>The filter as JSON.</summary>
    public required string Where { get; set; }

    public Instant CreatedAt { get; set; }

    public Instant ChangedAt { get; set; }

    public bool IsArchived { get; set; }
}

/// <summary>How a project sends; at most one row a project.</summary>
internal sealed class ChannelRow
{
    public int Project { get; set; }

    public Provider Push { get; set; }

    public Provider Email { get; set; }

    public string? FcmEndpoint { get; set; }

    /// <summary>The service account's key file, encrypted.</summary>
    public string? FcmSecret { get; set; }

    /// <summary>The mail server's settings as JSON, without the password.</summary>
    public string? Smtp { get; set; }

    /// <summary>The mail server's password, encrypted.</summary>
    public string? SmtpSecret { get; set; }
}

/// <summary>What is wrong with a channel's settings, as its provider says; at most one a channel.</summary>
internal sealed class ChannelAlertRow
{
    public int Project { get; set; }

    public Channel Channel { get; set; }

    public Instant At { get; set; }

    public required string Message { get; set; }
}

/// <summary>How far a reader of a project's log has come.</summary>
internal sealed class CursorRow
{
    public int Project { get; set; }

    public long Position { get; set; }
}

/// <summary>A key of the server itself, encrypted.</summary>
internal sealed class SecretRow
{
    public required string Name { get; set; }

    public required string Value { get; set; }
}
