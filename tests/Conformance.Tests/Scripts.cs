using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using NodaTime.Text;
using Rondo.Conformance.Tests.Oracle;
using Rondo.Engine;
using Rondo.Model;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Profiles;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;

namespace Rondo.Conformance.Tests;

/// <summary>Every rule as a text: events, a query, the rows expected; run on the oracle and on the engine.</summary>
/// <remarks>
/// A script has the parts <c>events</c> (time, person, name, then property=value; a person written device+user merges the
/// two; insert=ID is the insert id; "profile person property=value" sets a profile), <c>query</c> (kind and JSON),
/// optional <c>zone</c>, <c>now</c> and <c>sessions</c>, and <c>expect</c>.
/// </remarks>
public sealed class Scripts
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "scripts");

    public static TheoryData<string> All =>
        [.. Directory.EnumerateFiles(Folder, "*.query", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder, file).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(All))]
    public async Task The_rule_holds_in_the_oracle_and_in_the_engine(string script)
    {
        var parts = Parts(await File.ReadAllLinesAsync(Path.Combine(Folder, script)));
        var batch = new IngestBatch(Instant.FromUtc(2026, 12, 1, 0, 0), [.. parts["events"].Where(line => !line.StartsWith("profile ", StringComparison.Ordinal)).Select(Event)], [.. parts["events"].Where(line => line.StartsWith("profile ", StringComparison.Ordinal)).Select(Profile)]);
        var context = new QueryContext
        {
            Calendar = new ProjectCalendar(DateTimeZoneProviders.Tzdb[parts.GetValueOrDefault("zone")?[0] ?? "UTC"], IsoDayOfWeek.Monday),
            Now = Time(parts.GetValueOrDefault("now")?[0] ?? "2026-06-01 00:00"),
            Lexicon = ScriptLexicon.Of(parts),
            Sessions = parts.TryGetValue("sessions", out var sessions) ? Read<SessionDefinition>(string.Join('\n', sessions)) : SessionDefinition.Default,
            CohortDefinition = cohort => ScriptLexicon.DefinitionOf(parts, cohort),
        };
        var cohorts = ScriptLexicon.CohortsOf(parts);
        var expected = string.Join('\n', parts["expect"]);
        var query = parts["query"];
        var json = string.Join('\n', query.Skip(1));

        var events = new OracleEvents();
        events.Append(batch);
        var oracle = new OracleReports(events, context, id => cohorts.GetValueOrDefault(id, []));
        (query[0] switch
        {
            "insights" => Show(oracle.Insights(Read<InsightsQuery>(json))),
            "funnel" => Show(oracle.Funnel(Read<FunnelQuery>(json))),
            "retention" => Show(oracle.Retention(Read<RetentionQuery>(json))),
            "averages" => string.Join('\n', oracle.Retention(Read<RetentionQuery>(json)).Segments.Select(Averages)),
            "frequency" => Show(oracle.Frequency(Read<FrequencyQuery>(json))),
            "flow" => Show(oracle.Flow(Read<FlowQuery>(json))),
            _ => string.Join(' ', oracle.Where(Read<Predicate>(json)).Order(StringComparer.Ordinal)),
        }).ShouldBe(expected, "the oracle");

        var directory = Directory.CreateTempSubdirectory("rondo-script-").FullName;
        await using (var store = EventStore.Open(directory, new EngineOptions(), TimeProvider.System, NullLogger.Instance))
        {
            await store.AppendAsync(batch, default);
            await store.SealAsync(default);
            context = context with { CohortMembers = id => PersonSet.Of(cohorts.GetValueOrDefault(id.Value, []).Select(store.FindPerson).OfType<PersonNumber>()) };
            (query[0] switch
            {
                "insights" => Show(await store.InsightsAsync(Read<InsightsQuery>(json), context, default)),
                "funnel" => Show(await store.FunnelAsync(Read<FunnelQuery>(json), context, default)),
                "retention" => Show(await store.RetentionAsync(Read<RetentionQuery>(json), context, default)),
                "averages" => string.Join('\n', (await store.RetentionAsync(Read<RetentionQuery>(json), context, default)).Segments.Select(Averages)),
                "frequency" => Show(await store.FrequencyAsync(Read<FrequencyQuery>(json), context, default)),
                "flow" => Show(await store.FlowAsync(Read<FlowQuery>(json), context, default)),
                _ => string.Join(' ', store.DistinctIdsOf(await store.PeopleWhereAsync(Read<Predicate>(json), context, default)).Order(StringComparer.Ordinal)),
            }).ShouldBe(expected, "the engine");
        }

        Directory.Delete(directory, recursive: true);
    }

    private static Dictionary<string, List<string>> Parts(string[] lines)
    {
        var parts = new Dictionary<string, List<string>>();
        var current = new List<string>();
        foreach (var line in lines.Select(line => line.Trim()).Where(line => line.Length > 0 && !line.StartsWith('#')))
        {
            if (line.EndsWith(':') && !line.Contains(' ') && !line.Contains('"') && !line.Contains('('))
            {
                parts[line[..^1]] = current = [];
            }
            else
            {
                current.Add(line);
            }
        }

        return parts;
    }

    private static TrackedEvent Event(string line)
    {
        var words = line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var ids = words[1].Split('+');
        var device = ids.FirstOrDefault(DeviceIds.IsDevice);
        var user = ids.FirstOrDefault(id => id.Length > 0 && !DeviceIds.IsDevice(id) && id != "nobody");
        return new TrackedEvent
        {
            Time = Time(words[0]),
            DistinctId = user ?? device ?? string.Empty,
            UserId = user,
            DeviceId = device?[DeviceIds.Prefix.Length..],
            Name = words[2],
            InsertId = words.Skip(3).FirstOrDefault(word => word.StartsWith("insert=", StringComparison.Ordinal))?["insert=".Length..],
            Properties = [.. words.Skip(3).Where(word => !word.StartsWith("insert=", StringComparison.Ordinal)).Select(Property)],
        };
    }

    private static ProfileUpdate Profile(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new ProfileUpdate { DistinctId = words[1], Operator = ProfileOperator.Set, Properties = [.. words.Skip(2).Select(Property)], Time = Instant.FromUtc(2026, 1, 1, 0, 0), IgnoreTime = true };
    }

    private static Property Property(string word)
    {
        var (name, value) = (word[..word.IndexOf('=')], word[(word.IndexOf('=') + 1)..]);
        return new Property(name, value[0] is '[' or '{' || value is "true" or "false" || double.TryParse(value, CultureInfo.InvariantCulture, out _) ? Read<PropertyValue>(value) : PropertyValue.Of(value));
    }

    private static Instant Time(string text) =>
        LocalDateTimePattern.CreateWithInvariantCulture(text.Length > 16 ? text.Contains('.') ? "uuuu-MM-dd HH:mm:ss.fff" : "uuuu-MM-dd HH:mm:ss" : "uuuu-MM-dd HH:mm").Parse(text).Value.InUtc().ToInstant();

    internal static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, ModelJson.Options)!;

    private static string Show(InsightsResult result) =>
        string.Join('\n', result.Series.Concat(result.Past).Select(series => $"{series.Segment.Label}: {string.Join(' ', series.Values.Select(Figure))} = {Figure(series.Total)}"));

    private static string Figure(double? value) => value?.ToString("0.####", CultureInfo.InvariantCulture) ?? "none";

    private static string Show(FunnelResult result) =>
        string.Join('\n', result.Segments.Select(segment => string.Join("  ", FunnelColumns(segment, result))));

    /// <summary>The steps; then what else was asked for: seconds from the first step, the trend, the time to convert, the confidence.</summary>
    private static IEnumerable<string> FunnelColumns(FunnelSegment segment, FunnelResult result)
    {
        yield return $"{segment.Segment.Label}: {string.Join(' ', segment.Steps.Select(step => step.Count))}";
        if (segment.Steps[0].Sum is not null)
        {
            yield return $"sums {string.Join(' ', segment.Steps.Select(step => Figure(step.Sum)))}";
        }

        if (result.Intervals.Length > 0)
        {
            yield return $"trend {string.Join(" | ", segment.Trend.Select(interval => string.Join(' ', interval)))}";
        }

        if (segment.Times is { } times)
        {
            var bars = times.Buckets.Select((count, index) => (count, index)).Where(bar => bar.count > 0).Select(bar => $"{TimeToConvertBuckets.Edges[bar.index]}+: {bar.count}");
            yield return string.Create(CultureInfo.InvariantCulture, $"time {times.Minimum:0.#} / {times.Median:0.#} / {times.Maximum:0.#}, average {times.Average:0.#}, {string.Join(", ", bars)}");
        }

        if (segment.Confidence is { } confidence)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"sure {confidence:0.000}");
        }
    }

    /// <summary>Rows with somebody in them; cells that may still grow carry a star. The kind <c>averages</c> asks the same and shows the averages.</summary>
    private static string Show(RetentionResult result) =>
        string.Join('\n', result.Segments.SelectMany(segment => segment.Rows.Where(row => row.Size > 0).Select(row =>
            $"{segment.Segment.Label} {Date(row.Start)}: {row.Size} | {string.Join(' ', row.Retained.Select((retained, bucket) => bucket < row.CompleteBuckets ? $"{retained}" : $"{retained}*"))}"
            + (row.Sums.IsEmpty ? string.Empty : $" | sums {string.Join(' ', row.Sums.Select(sum => sum.ToString("0.##", CultureInfo.InvariantCulture)))}"))));

    private static string Averages(RetentionSegment segment) =>
        $"{segment.Segment.Label} rate {Show(segment.Average)} | count {Show(segment.AverageCount)}"
        + (segment.AverageSum.IsEmpty ? string.Empty : $" | sum {Show(segment.AverageSum)} | per person {Show(segment.AverageSumPerPerson)}");

    private static string Show(FrequencyResult result) =>
        string.Join('\n', result.Segments.SelectMany(segment => segment.Rows.Where(row => row.Size > 0).Select(row => $"{segment.Segment.Label} {Date(row.Start)}: {row.Size} | {string.Join(' ', row.Counts)}")));

    private static string Show(IEnumerable<double?> numbers) => string.Join(' ', numbers.Select(number => number?.ToString("0.##", CultureInfo.InvariantCulture) ?? "-"));

    private static string Date(Instant start) => InstantPattern.CreateWithInvariantCulture("uuuu-MM-dd").Format(start);

    private static string Show(FlowResult result) => string.Join('\n',
    [
        .. Lines(string.Empty, result.Nodes),
        .. result.Paths.Select(path => $"path {path.Count}: {string.Join(", ", path.Nodes.Select(Node))}"),
        .. result.Segments.SelectMany(segment => Lines(segment.Segment.Label + " ", segment.Nodes)),
        .. result.Links.Where(link => link.To.Column - link.From.Column > 1).OrderBy(link => link.From.Column).Select(link => $"over {Node(link.From)} to {Node(link.To)} {link.Count}"),
    ]);

    private static IEnumerable<string> Lines(string before, IEnumerable<FlowNode> nodes) =>
        nodes.OrderBy(node => node.Key.Column).ThenBy(node => node.Key.Kind).ThenByDescending(node => node.Count).ThenBy(node => Node(node.Key), StringComparer.Ordinal)
            .Select(node => $"{before}{node.Key.Column} {Node(node.Key)} {node.Count}");

    private static string Node(FlowNodeKey key) => (key.Event ?? $"({key.Kind})") + (key.Value is null ? string.Empty : $": {key.Value}");
}
