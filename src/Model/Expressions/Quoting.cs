using System.Text.RegularExpressions;

namespace Rondo.Model.Expressions;

/// <summary>Texts as expressions write them.</summary>
internal static partial class Quoting
{
    public static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>What stands between the quotes, read.</summary>
    public static string Read(Group between) => Escaped().Replace(between.Value, "$1");

    [GeneratedRegex(@"\\(.)")]
    private static partial Regex Escaped();
}
