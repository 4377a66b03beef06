using System.Text;

namespace Rondo.Engagement.Personalisation;

/// <summary>
/// Turns Braze's way of naming values into plain Liquid (Braze reference, 4.11): <c>${first_name}</c> alone becomes
/// <c>__person["first_name"]</c>, <c>custom_attribute.${k}</c> becomes <c>custom_attribute["k"]</c>. Only inside
/// <c>{{ }}</c> and <c>{% %}</c>, never inside quotes, <c>raw</c> or <c>comment</c>.
/// </summary>
internal static class BrazeSyntax
{
    /// <summary>What a bare <c>${…}</c> is looked up in.</summary>
    public const string PersonVariable = "__person";

    /// <summary>The template in plain Liquid. A template that is not well formed stays so, for the parser to say.</summary>
    public static string ToLiquid(string template)
    {
        if (!template.Contains("${", StringComparison.Ordinal) && !template.Contains("abort_message", StringComparison.Ordinal))
        {
            return template;
        }

        var liquid = new StringBuilder(template.Length + 64);
        var position = 0;
        while (position < template.Length)
        {
            var open = NextTag(template, position);
            if (open < 0)
            {
                break;
            }

            liquid.Append(template, position, open - position);
            position = template[open + 1] == '{' ? CopyTag(template, open, "}}", liquid) : CopyStatement(template, open, liquid);
        }

        return liquid.Append(template, position, template.Length - position).ToString();
    }

    private static int NextTag(string template, int from)
    {
        for (var index = template.IndexOf('{', from); index >= 0 && index + 1 < template.Length; index = template.IndexOf('{', index + 1))
        {
            if (template[index + 1] is '{' or '%')
            {
                return index;
            }
        }

        return -1;
    }

    private static int CopyStatement(string template, int open, StringBuilder liquid)
    {
        var end = CopyTag(template, open, "%}", liquid);
        var name = NameOf(template, open);
        if (name is "raw" or "comment")
        {
            var close = EndOfBlock(template, end, "end" + name);
            liquid.Append(template, end, close - end);
            return close;
        }

        if (name == "abort_message" && BodyOf(template, open, end, name) is "" or "()")
        {
            // Braze lets the reason be left out; the parser wants an expression.
            liquid.Length = liquid.ToString().LastIndexOf("{%", StringComparison.Ordinal);
            liquid.Append("{% abort_message '' %}");
        }

        return end;
    }

    private static string NameOf(string template, int open)
    {
        var start = open + 2;
        while (start < template.Length && (template[start] is '-' || char.IsWhiteSpace(template[start])))
        {
            start++;
        }

        var end = start;
        while (end < template.Length && (char.IsLetterOrDigit(template[end]) || template[end] == '_'))
        {
            end++;
        }

        return template[start..end];
    }

    private static string BodyOf(string template, int open, int end, string name)
    {
        var start = template.IndexOf(name, open, StringComparison.Ordinal) + name.Length;
        return start <= end - 2 ? template[start..(end - 2)].Trim(' ', '\t', '\r', '\n', '-') : string.Empty;
    }

    private static int EndOfBlock(string template, int from, string name)
    {
        for (var open = template.IndexOf("{%", from, StringComparison.Ordinal); open >= 0; open = template.IndexOf("{%", open + 2, StringComparison.Ordinal))
        {
            if (NameOf(template, open) == name)
            {
                return open;
            }
        }

        return template.Length;
    }

    /// <summary>Copies from the opening of a tag to its end, rewriting names on the way; gives the position after it.</summary>
    private static int CopyTag(string template, int open, string close, StringBuilder liquid)
    {
        liquid.Append(template, open, 2);
        var position = open + 2;
        while (position < template.Length)
        {
            if (string.CompareOrdinal(template, position, close, 0, 2) == 0)
            {
                liquid.Append(close);
                return position + 2;
            }

            position = template[position] switch
            {
                '\'' or '"' => CopyQuoted(template, position, liquid),
                '$' when position + 1 < template.Length && template[position + 1] == '{' => CopyName(template, position, liquid),
                var plain => CopyPlain(plain, position, liquid),
            };
        }

        return position;
    }

    private static int CopyPlain(char plain, int position, StringBuilder liquid)
    {
        liquid.Append(plain);
        return position + 1;
    }

    private static int CopyQuoted(string template, int position, StringBuilder liquid)
    {
        var end = template.IndexOf(template[position], position + 1);
        end = end < 0 ? template.Length : end + 1;
        liquid.Append(template, position, end - position);
        return end;
    }

    private static int CopyName(string template, int position, StringBuilder liquid)
    {
        var end = template.IndexOf('}', position);
        if (end < 0)
        {
            liquid.Append(template, position, template.Length - position);
            return template.Length;
        }

        var name = template.AsSpan(position + 2, end - position - 2).Trim();
        if (liquid[^1] == '.')
        {
            liquid.Length--;
        }
        else
        {
            liquid.Append(PersonVariable);
        }

        var quote = name.Contains('"') ? '\'' : '"';
        liquid.Append('[').Append(quote).Append(name).Append(quote).Append(']');
        return end + 1;
    }
}
