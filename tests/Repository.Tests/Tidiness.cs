using System.Text.RegularExpressions;

namespace Rondo.Repository.Tests;

/// <summary>Rules that keep the tree readable (docs/conventions.md).</summary>
public sealed partial class Tidiness
{
    private const int LongestSourceFile = 500;
    private static readonly string[] Corners = ["Common", "Core", "Shared", "Utils", "Helpers", "Misc"];

    [Fact]
    public void No_folder_is_a_corner_for_everything() =>
        RepositoryRoot.Files("*.cs", "src", "samples", "tests").Where(file => file.Split('/').Any(part => Corners.Contains(part))).ShouldBeEmpty();

    [Fact]
    public void A_source_file_holds_one_idea() =>
        RepositoryRoot.Files("*.cs", "src", "samples").Where(file => !file.Contains("/Migrations/", StringComparison.Ordinal) && RepositoryRoot.Read(file).Count(character => character == '\n') > LongestSourceFile).ShouldBeEmpty();

    [Fact]
    public void Nothing_is_hidden_in_regions() => Using(Regions(), "src", "samples", "tests").ShouldBeEmpty();

    [Fact]
    public void Time_comes_in_through_a_seam() => Using(Clocks(), "src", "samples").ShouldBeEmpty();

    [Fact]
    public void Nothing_waits_for_a_task_by_blocking() => Using(Blocking(), "src", "samples").ShouldBeEmpty();

    [Fact]
    public void Work_to_be_done_is_an_issue_and_not_a_comment() => Using(Leftovers(), "src", "samples").ShouldBeEmpty();

    [Fact]
    public void Lock_files_are_kept_for_every_project() =>
        RepositoryRoot.Files("*.csproj").Select(Path.GetDirectoryName).Where(folder => !File.Exists(Path.Combine(RepositoryRoot.Path, folder!, "packages.lock.json"))).ShouldBeEmpty();

    /// <summary>A field whose value is only set beside its event is written over by an answer that is older than what is typed: letters vanish.</summary>
    [Fact]
    public void What_is_typed_is_bound_and_not_written_back() =>
        RepositoryRoot.Files("*.razor", "src").Where(file => RepositoryRoot.Read(file).Contains("@oninput=", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void Every_decision_has_a_number_of_its_own() =>
        RepositoryRoot.Files("*.md", "docs/decisions").Select(file => Path.GetFileName(file)[..4]).GroupBy(number => number).Where(same => same.Count() > 1).Select(same => same.Key).ShouldBeEmpty();

    [Fact]
    public void A_test_has_a_name_that_reads_as_a_sentence() =>
        RepositoryRoot.Files("*.cs", "tests").SelectMany(file => Tests().Matches(RepositoryRoot.Read(file)).Select(match => (file, Name: match.Groups[1].Value)))
            .Where(test => !test.Name.Contains('_')).ShouldBeEmpty();

    private static IEnumerable<string> Using(Regex rule, params string[] folders) =>
        RepositoryRoot.Files("*.cs", folders).Where(file => rule.IsMatch(RepositoryRoot.Read(file)) && !file.EndsWith("Tidiness.cs", StringComparison.Ordinal));

    [GeneratedRegex(@"^\s*#region", RegexOptions.Multiline)]
    private static partial Regex Regions();

    [GeneratedRegex(@"\bDateTime(Offset)?\.(Utc)?Now\b|SystemClock\.Instance")]
    private static partial Regex Clocks();

    [GeneratedRegex(@"\.GetAwaiter\(\)\.GetResult\(\)")]
    private static partial Regex Blocking();

    [GeneratedRegex(@"//\s*(TODO|FIXME|HACK)\b")]
    private static partial Regex Leftovers();

    [GeneratedRegex(@"\[(?:Fact|Theory)[^\]]*\](?:\s*\[[^\]]*\])*\s+public (?:async )?(?:Task|void|ValueTask) (\w+)\(")]
    private static partial Regex Tests();
}
