using NodaTime;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Delivery;

namespace Rondo.Engagement.Data;

/// <summary>One send key: a campaign's step to one person, once.</summary>
internal sealed class SendRow
{
    public long Id { get; set; }

    public int Project { get; set; }

    public int Campaign { get; set; }

    /// <summary>The step of the campaign; 0 until campaigns have several.</summary>
    public int Step { get; set; }

    /// <summary>The canonical id when the key was made.</summary>
    public required string Person { get; set; }

    /// <summary>"launch", or the key of the event that triggered it.</summary>
    public required string Occurrence { get; set; }

    public Channel Channel { get; set; }

    /// <summary>Index of the variant; -1 for the control group; null when the person was not reachable and so in no arm.</summary>
    public int? Arm { get; set; }

    public SendState State { get; set; }

    public SendReason? Reason { get; set; }

    /// <summary>What the template or the provider said; never personal data.</summary>
    public string? Detail { get; set; }

    public Instant DueAt { get; set; }

    public int Attempts { get; set; }

    /// <summary>The run of the server that claimed it.</summary>
    public string? Owner { get; set; }

    public Instant CreatedAt { get; set; }

    public Instant ChangedAt { get; set; }

    /// <summary>When the person received it: first handed to the provider, or enrolled in control. Null until then.</summary>
    public Instant? ReceivedAt { get; set; }

    /// <summary>Properties of the triggering event as JSON; null without one.</summary>
    public string? Trigger { get; set; }

    /// <summary>The enrolment event of a control person is in the event store.</summary>
    public bool IsReported { get; set; }
}

/// <summary>One message to one address.</summary>
internal sealed class MessageRow
{
    public long Id { get; set; }

    public long Send { get; set; }

    public int Project { get; set; }

    /// <summary>Key against duplicates, given to the provider: 32 hex digits, the same whenever it is computed.</summary>
    public required string Key { get; set; }

    public required string Address { get; set; }

    public MessageState State { get; set; }

    /// <summary>What the provider said; never personal data.</summary>
    public string? Detail { get; set; }

    /// <summary>The provider's name for it.</summary>
    public string? ProviderId { get; set; }

    /// <summary>When it was handed over.</summary>
    public Instant At { get; set; }

    /// <summary>When the provider says it arrived or bounced; null when unknown.</summary>
    public Instant? SettledAt { get; set; }

    /// <summary>Its events are in the event store.</summary>
    public bool IsReported { get; set; }
}

/// <summary>A person's conversion for a campaign; at most one.</summary>
internal sealed class ConversionRow
{
    public int Campaign { get; set; }

    public required string Person { get; set; }

    public int Project { get; set; }

    public int Arm { get; set; }

    /// <summary>When the goal event happened.</summary>
    public Instant At { get; set; }

    /// <summary>Its event is in the event store.</summary>
    public bool IsReported { get; set; }
}
