using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Rondo.Repository.Tests;

/// <summary>Which project may know which (docs/architecture.md).</summary>
public sealed partial class Directions
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Model"] = [],
        ["Engine"] = ["Model"],
        ["Analytics"] = ["Model"],
        ["Engagement"] = ["Model", "Analytics"],
        ["HttpApi"] = ["Model", "Analytics", "Engagement"],
        ["Web"] = ["Model", "Analytics", "Engagement"],
        ["MusicFinder"] = ["Model"],
        ["Server"] = ["Model", "Engine", "Analytics", "Engagement", "HttpApi", "Web", "MusicFinder"],
    };

    public static TheoryData<string> Projects => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_it_may(string project)
    {
        var file = RepositoryRoot.Files($"{project}.csproj", "src", "samples").Single();
        var references = XDocument.Parse(RepositoryRoot.Read(file)).Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
        references.Except(Allowed[project]).ShouldBeEmpty();
    }

    [Fact]
    public void Every_project_of_the_product_is_listed_here() =>
        RepositoryRoot.Files("*.csproj", "src", "samples").Select(Path.GetFileNameWithoutExtension).Order().ShouldBe(Allowed.Keys.Order());

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_names_only_namespaces_it_may(string project)
    {
        var folder = Path.GetDirectoryName(RepositoryRoot.Files($"{project}.csproj", "src", "samples").Single())!;
        var named = RepositoryRoot.Files("*.cs", folder).Concat(RepositoryRoot.Files("*.razor", folder))
            .SelectMany(file => Namespaces().Matches(RepositoryRoot.Read(file)).Select(match => (File: file, Namespace: match.Groups[1].Value)))
            .Where(use => Allowed.ContainsKey(use.Namespace) && use.Namespace != project && !Allowed[project].Contains(use.Namespace));
        named.ShouldBeEmpty();
    }

    [Fact]
    public void Engagement_knows_only_the_contracts_of_analytics() =>
        RepositoryRoot.Files("*.cs", "src/Engagement")
            .SelectMany(file => AnalyticsNamespaces().Matches(RepositoryRoot.Read(file)).Select(match => (file, match.Value)))
            .Where(use => !use.Value.StartsWith("Rondo.Analytics.Contracts", StringComparison.Ordinal))
            .ShouldBeEmpty();

    [Fact]
    public void The_model_uses_two_packages() =>
        XDocument.Parse(RepositoryRoot.Read("src/Model/Model.csproj")).Descendants("PackageReference").Select(package => package.Attribute("Include")!.Value).ShouldBe(["NodaTime", "Superpower"]);

    [GeneratedRegex(@"^\s*@?(?:global )?using (?:static )?Rondo\.(\w+)", RegexOptions.Multiline)]
    private static partial Regex Namespaces();

    [GeneratedRegex(@"\bRondo\.Analytics\.\w+")]
    private static partial Regex AnalyticsNamespaces();
}
