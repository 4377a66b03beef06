using System.Text.Json.Serialization;

namespace Rondo.Engagement.Channels.Fcm;

/// <summary>The body of messages:send (Braze reference, 5.3).</summary>
internal sealed record FcmRequest([property: JsonPropertyName("message")] FcmMessage Message)
{
    /// <summary>The request of one push.</summary>
    public static FcmRequest Of(OutgoingMessage message, PushContent push) => new(new FcmMessage(
        message.Address,
        new FcmNotification(push.Title, push.Body, push.ImageUrl),
        push.Data,
        new FcmAndroid("HIGH"),
        push.Link.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? new FcmWebPush(new FcmWebPushOptions(push.Link)) : null));
}

internal sealed record FcmMessage(
    [property: JsonPropertyName("token")] string Token,
    [property: JsonPropertyName("notification")] FcmNotification Notification,
    [property: JsonPropertyName("data")] IReadOnlyDictionary<string, string> Data,
    [property: JsonPropertyName("android")] FcmAndroid Android,
    [property: JsonPropertyName("webpush")] FcmWebPush? WebPush);

internal sealed record FcmNotification(
    [property: JsonPropertyName("title")] string Title,
    [property: JsonPropertyName("body")] string Body,
    [property: JsonPropertyName("image")] string? Image);

internal sealed record FcmAndroid([property: JsonPropertyName("priority")] string Priority);

internal sealed record FcmWebPush([property: JsonPropertyName("fcm_options")] FcmWebPushOptions Options);

internal sealed record FcmWebPushOptions([property: JsonPropertyName("link")] string Link);
