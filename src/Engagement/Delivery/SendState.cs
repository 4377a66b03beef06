namespace Rondo.Engagement.Delivery;

/// <summary>Where one send key is in its life. Every key ends in exactly one of the states from <see cref="Sent"/> on.</summary>
/// <remarks>The numbers are stored; they may be added to, never changed.</remarks>
internal enum SendState
{
    /// <summary>Waits for its time, or for the next attempt.</summary>
    Waiting = 1,

    /// <summary>Claimed: at least one of its messages may be on its way to a provider.</summary>
    Sending = 2,

    /// <summary>At least one message was accepted.</summary>
    Sent = 3,

    /// <summary>Every message was refused for good because of its address.</summary>
    Bounced = 4,

    /// <summary>Could not be sent; <see cref="Contracts.SendReason"/> says why.</summary>
    Failed = 5,

    /// <summary>Was not to be sent; <see cref="Contracts.SendReason"/> says why.</summary>
    Skipped = 6,

    /// <summary>The process ended between handing over and hearing back, and the provider cannot be asked: not repeated.</summary>
    Unknown = 7,

    /// <summary>Held out: the person is in the control group.</summary>
    Control = 8,
}

/// <summary>Where one message to one address is.</summary>
/// <remarks>The numbers are stored; they may be added to, never changed.</remarks>
internal enum MessageState
{
    /// <summary>Handed over, or about to be; the answer is not recorded yet.</summary>
    Sending = 1,

    /// <summary>The provider took it.</summary>
    Accepted = 2,

    /// <summary>The provider refused its address for good.</summary>
    Bounced = 3,

    /// <summary>The provider refused it for good, for another reason than its address.</summary>
    Failed = 4,

    /// <summary>Nobody can say whether the provider took it.</summary>
    Unknown = 5,

    /// <summary>The provider refused it for now; it is tried again with its send.</summary>
    Waiting = 6,
}
