using NodaTime;
using Rondo.Engagement.Contracts;

namespace Rondo.Engagement.Delivery;

/// <summary>A send key to be written, with what is decided about it already.</summary>
/// <param name="Person">Canonical id.</param>
/// <param name="Occurrence">"launch", or the key of the triggering event.</param>
/// <param name="Arm">Variant, <see cref="Campaigns.StickySplit.Control"/>, or null for a person who cannot be reached.</param>
/// <param name="State">Waiting, control or skipped.</param>
/// <param name="Reason">Why skipped.</param>
/// <param name="DueAt">When it is to be sent; for control, when it would have been.</param>
/// <param name="Trigger">Properties of the triggering event as JSON.</param>
internal sealed record Enrolment(string Person, string Occurrence, int? Arm, SendState State, SendReason? Reason, Instant DueAt, string? Trigger = null);

/// <summary>An enrolment that waits for the ledger to say whether the person may enter (again).</summary>
/// <param name="Campaign">The campaign.</param>
/// <param name="Channel">Its channel.</param>
/// <param name="Enrolment">What to write.</param>
/// <param name="OtherIds">Further ids the same person may be known under in earlier rows.</param>
/// <param name="EventAt">When the triggering event happened.</param>
/// <param name="ReEligibleAfter">How long after receipt a person may enter again; null for never.</param>
internal sealed record TriggeredEnrolment(int Campaign, Channel Channel, Enrolment Enrolment, IReadOnlyList<string> OtherIds, Instant EventAt, Duration? ReEligibleAfter);

/// <summary>A send that is due.</summary>
internal sealed record DueSend(long Id, int Campaign, int Step, string Person, string Occurrence, int Arm, int Attempts, string? Trigger);

/// <summary>A due send with its messages made, or with the reason why there are none.</summary>
internal sealed record PreparedSend(DueSend Send, IReadOnlyList<Channels.OutgoingMessage> Messages, SendReason? Refusal, string? Detail)
{
    public static PreparedSend Refused(DueSend send, SendReason reason, string? detail = null) => new(send, [], reason, detail);
}
