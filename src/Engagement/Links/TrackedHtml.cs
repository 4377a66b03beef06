using System.Diagnostics.CodeAnalysis;
using System.Text;
using MimeKit.Text;

namespace Rondo.Engagement.Links;

/// <summary>Markup of an e-mail with its links found and replaced, its preview text and its open pixel in place.</summary>
internal static class TrackedHtml
{
    /// <summary>The web addresses that the markup links to, each once, in order. Links marked <c>clicktracking="off"</c> are left out.</summary>
    public static IReadOnlyList<string> LinksOf(string html)
    {
        var links = new List<string>();
        Walk(html, TextWriter.Null, href =>
        {
            if (!links.Contains(href, StringComparer.Ordinal))
            {
                links.Add(href);
            }

            return href;
        });
        return links;
    }

    /// <summary>The markup with every link replaced by its signed one, the preview text first and the pixel last.</summary>
    public static string Of(string html, IReadOnlyDictionary<string, string> signedLinks, string pixelUrl, string? preheader)
    {
        using var tracked = new StringWriter(new StringBuilder(html.Length + 512));
        Walk(html, tracked, href => signedLinks.GetValueOrDefault(href, href));
        var markup = tracked.ToString();
        if (!string.IsNullOrWhiteSpace(preheader))
        {
            markup = InsertAfterBody(markup, $"<div style=\"display:none;max-height:0;overflow:hidden\">{preheader}</div>");
        }

        return InsertBeforeEnd(markup, $"<img src=\"{pixelUrl}\" width=\"1\" height=\"1\" alt=\"\" style=\"display:block;border:0\">");
    }

    /// <summary>What is left of markup for those who read plain text: words, line breaks, and addresses after their links.</summary>
    public static string ToText(string html)
    {
        var text = new StringBuilder();
        var tokenizer = new HtmlTokenizer(new StringReader(html)) { DecodeCharacterReferences = true };
        var hiddenDepth = 0;
        string? href = null;
        while (tokenizer.ReadNextToken(out var token))
        {
            switch (token)
            {
                case HtmlTagToken { Id: HtmlTagId.Script or HtmlTagId.Style or HtmlTagId.Head or HtmlTagId.Title } hidden:
                    hiddenDepth = Math.Max(0, hiddenDepth + (hidden.IsEndTag ? -1 : hidden.IsEmptyElement ? 0 : 1));
                    break;
                case HtmlTagToken { Id: HtmlTagId.A, IsEndTag: false } link:
                    href = link.Attributes.FirstOrDefault(attribute => attribute.Id == HtmlAttributeId.Href)?.Value;
                    break;
                case HtmlTagToken { Id: HtmlTagId.A, IsEndTag: true } when IsWebAddress(href):
                    text.Append(" (").Append(href).Append(')');
                    href = null;
                    break;
                case HtmlTagToken { Id: HtmlTagId.Br or HtmlTagId.P or HtmlTagId.Div or HtmlTagId.TR or HtmlTagId.LI or HtmlTagId.H1 or HtmlTagId.H2 or HtmlTagId.H3 or HtmlTagId.H4 } block
                    when block.IsEndTag || block.Id == HtmlTagId.Br:
                    text.Append('\n');
                    break;
                case HtmlDataToken data when hiddenDepth == 0 && token.Kind == HtmlTokenKind.Data:
                    text.Append(data.Data.ReplaceLineEndings(" "));
                    break;
                default:
                    break;
            }
        }

        return Tidy(text.ToString());
    }

    private static void Walk(string html, TextWriter output, Func<string, string> replace)
    {
        var converter = new HtmlToHtml
        {
            HtmlTagCallback = (context, writer) =>
            {
                if (context.TagId != HtmlTagId.A || context.IsEndTag)
                {
                    context.WriteTag(writer, writeAttributes: true);
                    return;
                }

                context.WriteTag(writer, writeAttributes: false);
                var isUntracked = context.Attributes.Any(attribute => string.Equals(attribute.Name, "clicktracking", StringComparison.OrdinalIgnoreCase) && attribute.Value == "off");
                foreach (var attribute in context.Attributes)
                {
                    if (attribute.Id == HtmlAttributeId.Href && !isUntracked && IsWebAddress(attribute.Value))
                    {
                        writer.WriteAttributeName(attribute.Name);
                        writer.WriteAttributeValue(replace(attribute.Value.Trim()));
                    }
                    else if (!string.Equals(attribute.Name, "clicktracking", StringComparison.OrdinalIgnoreCase))
                    {
                        writer.WriteAttribute(attribute);
                    }
                }
            },
        };
        using var reader = new StringReader(html);
        converter.Convert(reader, output);
    }

    private static bool IsWebAddress([NotNullWhen(true)] string? href) =>
        href is not null && Uri.TryCreate(href.Trim(), UriKind.Absolute, out var uri) && uri is { Scheme: "http" or "https" };

    private static string InsertAfterBody(string markup, string insertion)
    {
        var body = markup.IndexOf("<body", StringComparison.OrdinalIgnoreCase);
        var end = body < 0 ? -1 : markup.IndexOf('>', body);
        return markup.Insert(end + 1, insertion);
    }

    private static string InsertBeforeEnd(string markup, string insertion)
    {
        var end = markup.LastIndexOf("</body", StringComparison.OrdinalIgnoreCase);
        return markup.Insert(end < 0 ? markup.Length : end, insertion);
    }

    private static string Tidy(string text)
    {
        var lines = text.Split('\n').Select(line => string.Join(' ', line.Split([' ', '\t', '\u00a0'], StringSplitOptions.RemoveEmptyEntries)));
        var tidy = new StringBuilder();
        var emptyCount = 1;
        foreach (var line in lines)
        {
            emptyCount = line.Length == 0 ? emptyCount + 1 : 0;
            if (emptyCount < 2)
            {
                tidy.Append(line).Append('\n');
            }
        }

        return tidy.ToString().Trim();
    }
}
