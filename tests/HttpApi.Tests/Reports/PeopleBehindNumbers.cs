using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.HttpApi.Tests.Hosting;
using Rondo.Model;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;

namespace Rondo.HttpApi.Tests.Reports;

/// <summary>One number: what a report shows, the list of people behind it, its CSV and the cohort made of it are the same people.</summary>
public sealed class PeopleBehindNumbers(SharedServer shared)
{
    private const int Seed = 20261124;
    private static readonly DateRange Days = DateRange.Last(14, CalendarUnit.Day);
    private static readonly EventSelector Any = new(null);
    private static readonly EventSelector A = new("A");
    private static readonly EventSelector B = new("B");
    private static readonly EventSelector SessionEnd = new(WellKnownEvents.SessionEnd, new PropertyPredicate(PropertySource.Event, BuiltInProperties.SessionEventCount, PropertyOperator.AtLeast, [PropertyValue.Of(2)]));
    private static readonly Breakdown ByPlan = new(PropertySource.User, "plan");
    private static readonly Breakdown ByItem = new(PropertySource.Event, "item");

    [Fact]
    public async Task Every_kind_of_number_is_its_list_its_csv_and_its_cohort()
    {
        var made = await shared.Server.CreateProjectAsync($"one number {Guid.NewGuid():N}");
        var project = made.Project.Id;
        await FillAsync(project);
        using var client = shared.Server.Client(made.RestKey);
        var number = 0;
        foreach (var (name, point, count) in await NumbersAsync(shared.Server.Services.GetRequiredService<IReports>(), project))
        {
            var json = JsonSerializer.Serialize(point, ModelJson.Options);
            var listed = await client.PostJsonAsync("/api/v1/reports/people?take=1000", json);
            listed.TryGetProperty("total", out var total).ShouldBeTrue($"{name}: {listed}");
            total.GetInt64().ShouldBe(count, name);
            var ids = listed.GetProperty("people").EnumerateArray().Select(person => person.GetProperty("distinctId").GetString()).Order(StringComparer.Ordinal).ToList();
            ids.Count.ShouldBe((int)count, name);
            string.Join(' ', (await CsvAsync(client, json)).Order(StringComparer.Ordinal)).ShouldBe(string.Join(' ', ids), name);
            var cohort = await client.PostJsonAsync("/api/v1/cohorts", $$$"""{"name":"number {{{++number}}}","definition":{"kind":"point","point":{{{json}}}}}""");
            cohort.GetProperty("size").GetInt64().ShouldBe(count, name);
            var members = await client.GetJsonAsync($"/api/v1/cohorts/{cohort.GetProperty("id").GetInt32()}/members?take=1000");
            string.Join(' ', members.GetProperty("people").EnumerateArray().Select(person => person.GetProperty("distinctId").GetString()).Order(StringComparer.Ordinal)).ShouldBe(string.Join(' ', ids), name);
        }

        number.ShouldBeGreaterThan(40);
    }

    private static async Task<List<(string Name, ReportPoint Point, long Count)>> NumbersAsync(IReports reports, ProjectId project)
    {
        var numbers = new List<(string, ReportPoint, long)>();
        var insights = new InsightsQuery { Metrics = [new Metric(A), new Metric(SessionEnd), new Metric(Any, Measure.WeeklyActive), new Metric(B) { PersonSegment = PersonSegment.First }, new Metric((EventSelector?)null) { People = new PropertyPredicate(PropertySource.User, "plan", PropertyOperator.IsSet, []) }], Range = Days, Breakdowns = [ByPlan, ByItem], Limit = 3 };
        var shown = (await reports.InsightsAsync(project, insights, default)).Value!.Result;
        numbers.AddRange(shown.Series.SelectMany(series => new int?[] { null, 10 }.Select(bucket => (
            $"insights {series.Metric} {series.Segment.Label} {bucket}",
            (ReportPoint)new InsightsPoint(insights, series.Metric, series.Segment, bucket is { } at ? shown.Buckets[at] : null),
            (long)(bucket is { } of ? series.Values[of] : series.Total)!.Value))));

        var funnel = new FunnelQuery { Steps = [A, new EventSelector(null) { AnyOf = [B, new EventSelector("C")] }, SessionEnd], Optional = [1], Range = Days, Breakdowns = [ByPlan], Sum = new PropertyName(PropertySource.Event, "price"), Control = Segment.Of("free"), TrendUnit = CalendarUnit.Week, TimeToConvert = new StepPair(0, 2) };
        foreach (var segment in (await reports.FunnelAsync(project, funnel, default)).Value!.Result.Segments)
        {
            numbers.AddRange(segment.Steps.Select((step, index) => ($"funnel {segment.Segment.Label} {index}", (ReportPoint)new FunnelPoint(funnel, index, FunnelOutcome.Converted, segment.Segment), step.Count)));
            numbers.Add(($"funnel {segment.Segment.Label} dropped", new FunnelPoint(funnel, 2, FunnelOutcome.DroppedOff, segment.Segment), segment.Steps[0].Count - segment.Steps[2].Count));
            numbers.AddRange(segment.Times!.Buckets.Select((count, bar) => ($"time {segment.Segment.Label} {bar}", (ReportPoint)new FunnelPoint(funnel, 2, FunnelOutcome.Converted, segment.Segment) { TimeBucket = bar }, count)).Where(bar => bar.count > 0));
        }

        var retention = new RetentionQuery { Birth = new EventSelector(WellKnownEvents.SessionStart), Return = B, Range = Days, Unit = CalendarUnit.Day, Brackets = [1, 2, 4], Criterion = RetentionCriterion.Streak, Breakdowns = [ByPlan] };
        foreach (var segment in (await reports.RetentionAsync(project, retention, default)).Value!.Result.Segments)
        {
            numbers.AddRange(segment.Rows.Take(4).SelectMany(row => row.Retained.Select((count, bucket) => ($"retention {segment.Segment.Label} {row.Start} {bucket}", (ReportPoint)new RetentionPoint(retention, row.Start, bucket, RetentionOutcome.Retained, segment.Segment), count))));
        }

        var frequency = new FrequencyQuery { Event = SessionEnd, Range = Days };
        numbers.AddRange((await reports.FrequencyAsync(project, frequency, default)).Value!.Result.Segments[0].Rows.SelectMany(row => row.Counts.Take(3).Select((count, index) => ($"frequency {row.Start} {index}", (ReportPoint)new FrequencyPoint(frequency, row.Start, index + 1, Segment.Overall), count))));

        var flow = new FlowQuery { Anchor = A, Range = Days, StepsBefore = 1, StepsAfter = 2, Expand = [new FlowExpansion("B", "item")], CustomEvents = ["Late"], TopPaths = 5, Breakdowns = [ByPlan] };
        var flowing = (await reports.FlowAsync(project, flow, default)).Value!.Result;
        numbers.AddRange(flowing.Nodes.Select(node => ($"node {node.Key}", (ReportPoint)new FlowPoint(flow, node.Key, null), node.Count)));
        numbers.AddRange(flowing.Links.Take(10).Select(link => ($"link {link.From} {link.To}", (ReportPoint)new FlowPoint(flow, link.From, link.To), link.Count)));
        numbers.AddRange(flowing.Paths.Select((path, index) => ($"path {index}", (ReportPoint)new FlowPathPoint(flow, path.Nodes), path.Count)));
        return numbers;
    }

    private static async Task<List<string>> CsvAsync(HttpClient client, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/v1/reports/people", UriKind.Relative)) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/csv"));
        using var reply = await client.SendAsync(request);
        return [.. (await reply.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line[..line.IndexOf(',')])];
    }

    /// <summary>Random days of fifty people, the same every time.</summary>
    private async Task FillAsync(ProjectId project)
    {
        await shared.Server.Services.GetRequiredService<IDefinitions>().SaveAsync(project, new CustomEvent("Late", "", [new EventSelector("C")]), default);
        var chance = new Random(Seed);
        var now = Instant.FromDateTimeOffset(shared.Server.Services.GetRequiredService<TimeProvider>().GetUtcNow());
        string[] names = ["A", "A", "B", "C"];
        var events = Enumerable.Range(0, 1500).Select(_ => new TrackedEvent
        {
            Name = names[chance.Next(names.Length)],
            DistinctId = $"u{chance.Next(50)}",
            Time = now - Duration.FromMinutes(chance.Next(14 * 24 * 60)),
            Properties = [new Property("item", PropertyValue.Of($"i{chance.Next(3)}")), new Property("price", PropertyValue.Of(chance.Next(50)))],
        }).ToList();
        var profiles = Enumerable.Range(0, 50).Select(person => new Model.Profiles.ProfileUpdate { DistinctId = $"u{person}", Operator = Model.Profiles.ProfileOperator.Set, Properties = [new Property("plan", PropertyValue.Of(person % 3 == 0 ? "paid" : "free"))], Time = now }).ToList();
        await shared.Server.Services.GetRequiredService<IIngestion>().AcceptAsync(project, events, profiles, default);
    }
}
