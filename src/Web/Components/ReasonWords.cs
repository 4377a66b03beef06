using System.Text;
using Microsoft.Extensions.Localization;
using Rondo.Web.Resources;

namespace Rondo.Web.Components;

/// <summary>Reasons of the ledger and of the pipeline as words: each has its own sentence; a new one shows its name in plain words.</summary>
internal static class ReasonWords
{
    public static string Of(string reason, IStringLocalizer<Words> words)
    {
        var known = words["reason:" + reason];
        if (!known.ResourceNotFound)
        {
            return known;
        }

        var text = new StringBuilder();
        foreach (var letter in reason)
        {
            text.Append(char.IsUpper(letter) && text.Length > 0 ? " " + char.ToLowerInvariant(letter) : letter.ToString());
        }

        if (text.Length > 0)
        {
            text[0] = char.ToUpperInvariant(text[0]);
        }

        return text.ToString();
    }
}
