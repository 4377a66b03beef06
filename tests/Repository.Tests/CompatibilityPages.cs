using System.Text.RegularExpressions;

namespace Rondo.Repository.Tests;

/// <summary>What docs/compatibility says of a vendor's interface is what the code does: each yes has a test, each endpoint a row.</summary>
public sealed partial class CompatibilityPages
{
    private static readonly string[] Answers = ["yes", "partly", "no"];

    private static readonly HashSet<string> Tests =
    [
        .. RepositoryRoot.Files("*.cs", "tests").Select(RepositoryRoot.Read)
            .SelectMany(source => Classes().Matches(source).SelectMany(type => Methods().Matches(source).Select(method => $"{type.Groups[1].Value}.{method.Groups[1].Value}"))),
    ];

    public static TheoryData<string> Pages => ["mixpanel", "braze"];

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_row_says_yes_partly_or_no_and_what_shows_it(string page) =>
        RowsOf(page).Where(row => !Answers.Contains(row.Answer) || (row.Answer == "no") != (row.Evidence.Count == 0)).Select(row => row.What).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_test_that_is_named_exists(string page) =>
        RowsOf(page).SelectMany(row => row.Evidence).Where(name => !Exists(name)).ShouldBeEmpty();

    [Fact]
    public void Every_script_and_every_exchange_shows_something()
    {
        var named = Pages.SelectMany(page => RowsOf(page).SelectMany(row => row.Evidence)).ToHashSet();
        RepositoryRoot.Files("*.query", "tests/Conformance.Tests/scripts").Select(file => file["tests/Conformance.Tests/".Length..])
            .Concat(RepositoryRoot.Files("*.http", "tests/HttpApi.Tests/exchanges").Select(file => file["tests/HttpApi.Tests/".Length..]))
            .Where(file => !named.Contains(file)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("mixpanel", "Mixpanel")]
    [InlineData("braze", "Braze")]
    public void The_endpoints_of_the_page_are_those_of_the_code(string page, string folder)
    {
        var mapped = RepositoryRoot.Files("*.cs", $"src/HttpApi/{folder}").SelectMany(file => Mapped().Matches(RepositoryRoot.Read(file)).Select(match => match.Groups[1].Value)).Distinct().Order();
        RowsOf(page).Where(row => row.Answer != "no" && !row.What.Contains("/api/v1", StringComparison.Ordinal))
            .SelectMany(row => Endpoints().Matches(row.What).Select(match => match.Groups[1].Value)).Distinct().Order().ShouldBe(mapped);
    }

    private static bool Exists(string name) => name.Split('/') switch
    {
        ["scripts", ..] => File.Exists(Path.Combine(RepositoryRoot.Path, "tests/Conformance.Tests", name)),
        ["exchanges", ..] => File.Exists(Path.Combine(RepositoryRoot.Path, "tests/HttpApi.Tests", name)),
        _ => Tests.Contains(name),
    };

    private static IEnumerable<Row> RowsOf(string page) => RepositoryRoot.Read($"docs/compatibility/{page}.md").Split('\n')
        .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| what |", StringComparison.Ordinal))
        .Select(line => line.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries))
        .Select(cells => new Row(cells[0], cells[1], [.. Quoted().Matches(cells[2]).Select(match => match.Groups[1].Value)]));

    private sealed record Row(string What, string Answer, IReadOnlyList<string> Evidence);

    [GeneratedRegex(@"\bclass (\w+)")]
    private static partial Regex Classes();

    [GeneratedRegex(@"public (?:async )?(?:Task|void|ValueTask) (\w+_\w+)\(")]
    private static partial Regex Methods();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\bMap(?:Get|Post|Put|Delete|Methods)?\((?:routes, )?""(/[^""]*)""")]
    private static partial Regex Mapped();

    [GeneratedRegex("`(?:[A-Z]+ )?(/[^`…]+)`")]
    private static partial Regex Endpoints();
}
