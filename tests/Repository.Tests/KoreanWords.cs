using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Rondo.Repository.Tests;

/// <summary>The pages speak English and Korean; the English text is the key.</summary>
public sealed partial class KoreanWords
{
    private static readonly Dictionary<string, string> Korean = XDocument.Parse(RepositoryRoot.Read("src/Web/Resources/Words.ko.resx"))
        .Descendants("data").ToDictionary(entry => entry.Attribute("name")!.Value, entry => entry.Element("value")!.Value);

    [Fact]
    public void Every_text_of_the_pages_is_there_in_korean() =>
        RepositoryRoot.Files("*.razor", "src/Web").Concat(RepositoryRoot.Files("*.cs", "src/Web"))
            .SelectMany(file => Texts().Matches(RepositoryRoot.Read(file)).Select(match => Regex.Unescape(match.Groups[1].Value)))
            .Distinct().Where(text => !Korean.ContainsKey(text)).ShouldBeEmpty();

    [Fact]
    public void A_translation_has_the_places_of_its_text() =>
        Korean.Where(entry => Places().Matches(entry.Key).Select(match => match.Value).Distinct().Order().SequenceEqual(Places().Matches(entry.Value).Select(match => match.Value).Distinct().Order()) is false)
            .Select(entry => entry.Key).ShouldBeEmpty();

    /// <summary>The resource compiler takes keys that differ only in case for one, keeps the first and merely warns.</summary>
    [Fact]
    public void No_two_keys_differ_only_in_case() =>
        RepositoryRoot.Files("*.resx", "src")
            .SelectMany(file => XDocument.Parse(RepositoryRoot.Read(file)).Descendants("data").Select(entry => entry.Attribute("name")!.Value)
                .GroupBy(key => key, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1).Select(same => $"{file}: {string.Join(", ", same)}"))
            .ShouldBeEmpty();

    [GeneratedRegex("""\bL\[\s*"((?:[^"\\]|\\.)*)"(?=[,\]\s])""")]
    private static partial Regex Texts();

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Places();
}
