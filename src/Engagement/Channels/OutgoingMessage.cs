using NodaTime;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Channels;

/// <summary>One message to one address, ready to be handed over.</summary>
/// <param name="Key">The same whenever this message is sent: the provider's idempotency key where it takes one.</param>
/// <param name="Project">Whose message.</param>
/// <param name="DistinctId">To whom.</param>
/// <param name="Address">Registration token or e-mail address.</param>
/// <param name="Content">What.</param>
/// <param name="At">When it was made.</param>
internal sealed record OutgoingMessage(string Key, ProjectId Project, string DistinctId, string Address, MessageContent Content, Instant At);

/// <summary>A filled-in message.</summary>
/// <param name="Data">What the receiving app needs to report what the person does: names as Currents gives them.</param>
internal abstract record MessageContent(IReadOnlyDictionary<string, string> Data);

/// <summary>A filled-in push notification; an empty link opens the app.</summary>
internal sealed record PushContent(string Title, string Body, string Link, string? ImageUrl, IReadOnlyDictionary<string, string> Data) : MessageContent(Data);

/// <summary>A filled-in e-mail, links signed and pixel in place.</summary>
/// <param name="Subject">One line.</param>
/// <param name="Html">The markup.</param>
/// <param name="Text">The same as plain text.</param>
/// <param name="UnsubscribeUrl">For the page and for one-click unsubscribing.</param>
/// <param name="Data">The message's ids.</param>
internal sealed record EmailContent(string Subject, string Html, string Text, string UnsubscribeUrl, IReadOnlyDictionary<string, string> Data) : MessageContent(Data);
