using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using NodaTime.Text;
using Rondo.Conformance.Tests.Oracle;
using Rondo.Engine;
using Rondo.Model.Events;
using Rondo.Model.Expressions;
using Rondo.Model.Predicates;
using Rondo.Model.Profiles;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Conformance.Tests;

/// <summary>
/// The rules of computed properties, one file per rule: first what the event and the profile carry, then lines of
/// <c>expression => value</c> or <c>expression !! why it is refused</c>.
/// </summary>
public sealed class ExpressionScripts
{
    private static readonly Instant Now = Instant.FromUtc(2026, 3, 31, 12, 0);
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "scripts", "expressions");

    public static TheoryData<string> All => [.. Directory.EnumerateFiles(Folder, "*.lines").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(All))]
    public async Task Every_line_gives_its_value_and_the_engine_agrees(string script)
    {
        var lines = (await File.ReadAllLinesAsync(Path.Combine(Folder, script))).Where(line => line.Length > 0 && !line.StartsWith('#')).ToList();
        var batch = new IngestBatch(
            Now,
            [new TrackedEvent { Name = "A", DistinctId = "ann", Time = Instant.FromUtc(2026, 3, 30, 22, 30), Properties = PropertiesOf(lines, "event") }],
            [new ProfileUpdate { DistinctId = "ann", Operator = ProfileOperator.Set, Properties = PropertiesOf(lines, "user"), Time = Now, IgnoreTime = true }]);
        var context = new QueryContext { Calendar = new ProjectCalendar(DateTimeZoneProviders.Tzdb["Europe/Berlin"], IsoDayOfWeek.Monday), Now = Now, Lexicon = RandomWorld.Lexicon };
        var events = new OracleEvents();
        events.Append(batch);
        var happening = events.Happenings().Single();
        var directory = Directory.CreateTempSubdirectory("rondo-expression-").FullName;
        await using (var store = EventStore.Open(directory, new EngineOptions(), TimeProvider.System, NullLogger.Instance))
        {
            await store.AppendAsync(batch, default);
            foreach (var line in lines.Where(line => !line.StartsWith("event ", StringComparison.Ordinal) && !line.StartsWith("user ", StringComparison.Ordinal)))
            {
                var isRefusal = line.Contains(" !! ", StringComparison.Ordinal);
                var (text, expected) = (line.Split(isRefusal ? " !! " : " => ")[0].Trim(), line.Split(isRefusal ? " !! " : " => ")[1].Trim());
                var parsed = Expression.Parse(text);
                if (isRefusal)
                {
                    parsed.IsAccepted.ShouldBeFalse(line);
                    parsed.Problems[0].Rule.ShouldBe(expected, line);
                    continue;
                }

                parsed.IsAccepted.ShouldBeTrue($"{line}: {string.Join(string.Empty, parsed.Problems)}");
                var value = events.ValueOf(happening, PropertySource.Expression, text, context);
                (value.Kind == PropertyKind.String ? $"\"{value.String}\"" : value.ToText() ?? "undefined").ShouldBe(expected, line);

                var result = await store.InsightsAsync(
                    new InsightsQuery
                    {
                        Metrics = [new Metric(new EventSelector("A"))],
                        Range = DateRange.Between(new LocalDate(2026, 3, 31), new LocalDate(2026, 3, 31)),
                        Breakdowns = [new Breakdown(PropertySource.Expression, text)],
                    },
                    context,
                    default);
                result.Series.Skip(1).Select(series => series.Segment).ShouldBe(
                    Breakdown.PartsOf(value, null, context.Calendar).Select(part => Segment.Of([part])), ignoreOrder: true, line);
            }
        }

        Directory.Delete(directory, recursive: true);
    }

    private static Property[] PropertiesOf(List<string> lines, string source) =>
        [.. lines.Where(line => line.StartsWith($"{source} ", StringComparison.Ordinal)).Select(line => line.Split(' ', 3)).Select(words => new Property(words[1], Scripts.Read<PropertyValue>(words[2])))];
}
