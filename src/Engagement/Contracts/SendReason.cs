namespace Rondo.Engagement.Contracts;

/// <summary>
/// Why a person of a campaign's audience was not messaged. A closed set; results and the ledger name it in camel case
/// ("noAddress").
/// </summary>
/// <remarks>The numbers are stored; they may be added to, never changed.</remarks>
public enum SendReason
{
    /// <summary>No e-mail address, or no registered device.</summary>
    NoAddress = 1,

    /// <summary>Unsubscribed from the channel.</summary>
    Unsubscribed = 2,

    /// <summary>The address had bounced for good before.</summary>
    Bounced = 3,

    /// <summary>The template said so: <c>{% abort_message %}</c>.</summary>
    Aborted = 4,

    /// <summary>The template could not be filled in for this person.</summary>
    TemplateFailed = 5,

    /// <summary>The campaign was stopped first.</summary>
    CampaignStopped = 6,

    /// <summary>The channel has no provider, or its settings are refused.</summary>
    ChannelNotReady = 7,

    /// <summary>The provider refused the message itself.</summary>
    Refused = 8,

    /// <summary>The provider could not be reached, or refused for now, until the attempts were used up.</summary>
    AttemptsUsedUp = 9,

    /// <summary>The server ended while the message was on its way and the provider cannot be asked; it is not sent again.</summary>
    OutcomeUnknown = 10,

    /// <summary>The person was merged into one who has this message already.</summary>
    MergedPerson = 11,

    /// <summary>Still waits to be sent.</summary>
    Waiting = 12,

    /// <summary>The address is not one that can be written to.</summary>
    InvalidAddress = 13,

    /// <summary>The person was erased before the message was sent.</summary>
    Erased = 14,
}
