using System.Text;
using Microsoft.Extensions.Localization;
using Rondo.Web.Resources;

namespace Rondo.Web.Components;

/// <summary>Reasons of the ledger and of the pipeline as words: each has its own sentence; a new one shows its name in plain words.</summary>
internal static class ReasonWords
{
    /// <summary>Why somebody was not messaged, or a record not taken.</summary>
    public static string Of(string reason, IStringLocalizer<Words> words) =>
        words["reason:" + reason] is { ResourceNotFound: false } known ? known : Plain(reason);

    /// <summary>How far the ledger says a message has come.</summary>
    public static string State(string state, IStringLocalizer<Words> words) =>
        words["ledger:" + state] is { ResourceNotFound: false } known ? known : Plain(state);

    private static string Plain(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
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
