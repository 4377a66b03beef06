using Rondo.Engagement.Channels;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Links;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Personalisation;

/// <summary>A filled-in message, or why there is none for this person.</summary>
internal sealed record RenderedMessage(MessageContent? Content, SendReason? Refusal, string? Detail);

/// <summary>Fills in a message for one person: templates, then links, pixel and unsubscribe address.</summary>
internal sealed class MessageRenderer(TemplateEngine templates, MessageUrls urls)
{
    /// <summary>Longest push title and text together that FCM's 4096 bytes are sure to hold beside the data.</summary>
    private const int MaximumPushBytes = 3000;

    /// <summary>Every template of a message by its field.</summary>
    public static IEnumerable<(string Field, string Template)> TemplatesOf(Message message) => message switch
    {
        PushMessage push => Present(("title", push.Title), ("body", push.Body), ("link", push.Link), ("imageUrl", push.ImageUrl)),
        EmailMessage email => Present(("subject", email.Subject), ("html", email.Html), ("text", email.Text), ("preheader", email.Preheader)),
        _ => throw new InvalidOperationException($"{message.GetType().Name} has no templates."),
    };

    /// <summary>Makes the message with key <paramref name="key"/>; <paramref name="ids"/> travel with it.</summary>
    public async ValueTask<RenderedMessage> RenderAsync(ProjectId project, string key, Message message, MessageScope scope, IReadOnlyDictionary<string, string> ids, CancellationToken cancellationToken)
    {
        var isEmail = message is EmailMessage;
        var unsubscribeUrl = isEmail ? await urls.UnsubscribeAsync(project, key, cancellationToken) : null;
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (field, template) in TemplatesOf(message))
        {
            var rendered = await templates.RenderAsync(template, scope with { UnsubscribeUrl = unsubscribeUrl }, isHtml: isEmail && field is "html" or "preheader");
            if (rendered.Refusal is { } refusal)
            {
                return new RenderedMessage(null, refusal, rendered.Detail);
            }

            texts[field] = rendered.Text;
        }

        return isEmail
            ? await EmailAsync(project, key, texts, unsubscribeUrl!, ids, cancellationToken)
            : Push(texts, ids);
    }

    /// <summary>The texts of a message for one person, links as they were written: for the preview.</summary>
    public async ValueTask<(Message Message, SendReason? Refusal, string? Detail)> PreviewAsync(Message message, MessageScope scope)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (field, template) in TemplatesOf(message))
        {
            var rendered = await templates.RenderAsync(template, scope, isHtml: message is EmailMessage && field is "html" or "preheader");
            if (rendered.Refusal is { } refusal)
            {
                return (message, refusal, rendered.Detail);
            }

            texts[field] = rendered.Text;
        }

        Message preview = message is EmailMessage
            ? new EmailMessage(OneLine(texts["subject"]), texts["html"], texts.GetValueOrDefault("text") ?? TrackedHtml.ToText(texts["html"]), texts.GetValueOrDefault("preheader"))
            : new PushMessage(texts["title"], texts["body"], texts["link"].Trim(), texts.GetValueOrDefault("imageUrl"));
        return (preview, null, null);
    }

    private static RenderedMessage Push(Dictionary<string, string> texts, IReadOnlyDictionary<string, string> ids)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(texts["title"] + texts["body"]) > MaximumPushBytes)
        {
            return new RenderedMessage(null, SendReason.TemplateFailed, $"title and text are longer than {MaximumPushBytes} bytes");
        }

        var link = texts["link"].Trim();
        var imageUrl = texts.GetValueOrDefault("imageUrl") is { } image && !string.IsNullOrWhiteSpace(image) ? image.Trim() : null;
        return new RenderedMessage(new PushContent(texts["title"], texts["body"], link, imageUrl, WithLink(ids, link)), null, null);
    }

    private async ValueTask<RenderedMessage> EmailAsync(
        ProjectId project, string key, Dictionary<string, string> texts, string unsubscribeUrl, IReadOnlyDictionary<string, string> ids, CancellationToken cancellationToken)
    {
        var html = texts["html"];
        var signed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var link in TrackedHtml.LinksOf(html).Where(link => link != unsubscribeUrl))
        {
            signed[link] = await urls.ClickAsync(project, key, link, cancellationToken);
        }

        var pixel = await urls.OpenPixelAsync(project, key, cancellationToken);
        var text = texts.TryGetValue("text", out var written) ? written : TrackedHtml.ToText(html);
        return new RenderedMessage(
            new EmailContent(
                OneLine(texts["subject"]),
                TrackedHtml.Of(html, signed, pixel, texts.GetValueOrDefault("preheader")),
                text,
                unsubscribeUrl,
                WithLink(ids, signed.Values.FirstOrDefault(string.Empty))),
            null,
            null);
    }

    private static Dictionary<string, string> WithLink(IReadOnlyDictionary<string, string> ids, string link) => new(ids, StringComparer.Ordinal) { ["link"] = link };

    /// <summary>A subject is one line: a line break in a value must not start a header of its own.</summary>
    private static string OneLine(string text) => string.Join(' ', text.Split(['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static IEnumerable<(string Field, string Template)> Present(params (string Field, string? Template)[] fields) =>
        fields.Where(field => field.Template is not null).Select(field => (field.Field, field.Template!));
}
