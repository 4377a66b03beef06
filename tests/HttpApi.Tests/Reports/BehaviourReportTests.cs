using System.Text;
using System.Text.Json;
using Rondo.HttpApi.Tests.Hosting;

namespace Rondo.HttpApi.Tests.Reports;

/// <summary>Funnels, retention, frequency and flows over HTTP: what the description shows is taken, nonsense is refused by field and rule.</summary>
public sealed class BehaviourReportTests(SharedServer shared)
{
    private const string Range = """
        "range":{"kind":"between","from":"2026-03-01","to":"2026-03-09"}
        """;

    private const string Steps = """
        "steps":[{"event":"A"},{"event":"B"},{"event":"C"}]
        """;

    [Theory]
    [InlineData("funnel", 4)]
    [InlineData("retention", 3)]
    [InlineData("frequency", 1)]
    [InlineData("flow", 3)]
    public async Task Every_example_of_the_description_is_answered(string report, int atLeast)
    {
        using var client = await ClientAsync(report);
        var description = await client.GetJsonAsync("/openapi/v1.json");
        var examples = description.GetProperty("paths").GetProperty($"/api/v1/reports/{report}").GetProperty("post")
            .GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("examples").EnumerateObject().ToList();
        examples.Count.ShouldBeGreaterThanOrEqualTo(atLeast);
        foreach (var example in examples)
        {
            var reply = await client.PostJsonAsync($"/api/v1/reports/{report}", example.Value.GetProperty("value").GetRawText());
            reply.TryGetProperty("result", out _).ShouldBeTrue($"{example.Name}: {reply}");
        }
    }

    [Theory]
    [InlineData("funnel", """ "steps":[{"event":"A"}] """, "steps")]
    [InlineData("funnel", """ "steps":[{"event":"A"},{"event":"B"}],"anchored":[0] """, "anchored")]
    [InlineData("funnel", """ "steps":[{"event":"A"},{"event":"B"}],"order":"any","anchored":[2] """, "anchored")]
    [InlineData("funnel", """ "steps":[{"event":"A"},{"event":"B"}],"optional":[1] """, "optional")]
    [InlineData("funnel", """ "steps":[{"event":"A"},{"event":"B"},{"event":"C"}],"order":"any","optional":[1] """, "optional")]
    [InlineData("funnel", """ "steps":[{"event":"A"},{"event":"B"}],"exclusions":[{"event":{"event":"X"},"from":1}] """, "exclusions[0].from")]
    [InlineData("funnel", """ "steps":[{"event":"A"},{"event":"B"}],"exclusions":[{"event":{"event":"X"},"from":0,"to":2}] """, "exclusions[0].to")]
    [InlineData("funnel", """ "steps":[{"event":"A"},{"event":"B"}],"exclusions":[{"event":{"event":""}}] """, "exclusions[0].event.event")]
    [InlineData("funnel", """ "steps":[{"event":"A"},{"event":"B"}],"holdConstant":["a","b","c","d"] """, "holdConstant")]
    [InlineData("funnel", """ "steps":[{"event":"A"},{"event":"B"}],"attributedStep":2 """, "attributedStep")]
    [InlineData("funnel", """ "steps":[{"event":"A"},{"event":"B"}],"timeToConvert":{"from":1} """, "timeToConvert.from")]
    [InlineData("funnel", """ "steps":[{"event":"A"},{"event":"B"}],"window":{"count":367,"unit":"day"} """, "window.count")]
    [InlineData("funnel", """ "steps":[{"event":"A"},{"event":"B"}],"window":{"count":2,"unit":"session"},"sessions":{"kind":"property","property":"sid"} """, "window.count")]
    [InlineData("funnel", """ "steps":[{"event":"A"},{"event":"B"}],"sessions":{"kind":"timeout","timeoutSeconds":59} """, "sessions.timeoutSeconds")]
    [InlineData("funnel", """ "steps":[{"event":"A"},{"event":"B"}],"sessions":{"kind":"events","start":{"event":"X"},"end":{"event":"X"}} """, "sessions.end")]
    [InlineData("funnel", """ "steps":[{"event":"A"},{"event":"B"}],"sessions":{"kind":"property","property":""} """, "sessions.property")]
    [InlineData("funnel", """ "steps":[{"event":"$session_start","firstTime":true},{"event":"B"}] """, "steps[0].firstTime")]
    [InlineData("funnel", """ "steps":[{"event":"A"},{"event":"B"}],"sum":{"source":"event","property":""} """, "sum.property")]
    [InlineData("funnel", """ "steps":[{"event":"A"},{"event":"B"}],"control":{"kind":"value","value":"x"} """, "control")]
    [InlineData("flow", """ "anchor":{"event":"A"},"customEvents":["Gone"] """, "customEvents[0]")]
    [InlineData("funnel", """ "steps":[{"event":"A"},{"event":"B"}],"reentry":"optimized" """, "reentry")]
    [InlineData("retention", """ "birth":{"event":"A"},"return":{"event":"B"},"brackets":[1,0] """, "brackets")]
    [InlineData("retention", """ "birth":{"event":"A"},"return":{"event":"B"},"brackets":[700,31] """, "brackets")]
    [InlineData("retention", """ "birth":{"event":"A"},"return":{"event":"B"},"sumProperty":"" """, "sumProperty")]
    [InlineData("retention", """ "birth":{"event":"$session_start","firstTime":true},"return":{"event":"B"} """, "birth.firstTime")]
    [InlineData("retention", """ "birth":{"anyOf":[{"event":"A"},{"event":"$session_end"}]},"return":{"event":"B"} """, "birth.anyOf")]
    [InlineData("retention", """ "birth":{"event":"A"},"return":{"event":"B"},"sumProperty":"x","sumSource":"custom" """, "sumProperty")]
    [InlineData("retention", """ "birth":{"event":"A"},"return":{"event":"B"},"countBirthAsReturn":true,"breakdownOn":"return","breakdowns":[{"source":"event","property":"p"}] """, "countBirthAsReturn")]
    [InlineData("frequency", """ "event":{"event":"A"},"period":"day","within":"day" """, "within")]
    [InlineData("frequency", """ "event":{"event":"A"},"period":"quarter" """, "period")]
    [InlineData("frequency", """ "event":{"event":"A"},"comparison":"atMost" """, "comparison")]
    [InlineData("flow", """ "anchor":{"event":"A"},"stepsAfter":0 """, "stepsAfter")]
    [InlineData("flow", """ "anchor":{"event":"A"},"then":[{"event":{"event":"B"},"stepsBefore":6}] """, "then[0].stepsBefore")]
    [InlineData("flow", """ "anchor":{"event":"A"},"exclusions":[{"event":{"event":"X"}}] """, "exclusions")]
    [InlineData("flow", """ "anchor":{"event":"A"},"expand":[{"event":"B","property":"p"},{"event":"B","property":"q"}] """, "expand")]
    [InlineData("flow", """ "anchor":{"event":"A"},"topPaths":51 """, "topPaths")]
    public async Task Nonsense_is_refused_by_field_and_rule(string report, string query, string field)
    {
        using var client = await ClientAsync(report);
        using var content = new StringContent($"{{{query},{Range}}}", Encoding.UTF8, "application/json");
        using var reply = await client.PostAsync(new Uri($"/api/v1/reports/{report}", UriKind.Relative), content);
        var body = await reply.ReadJsonAsync();
        ((int)reply.StatusCode).ShouldBe(400, body.ToString());
        var problem = body.GetProperty("problems").EnumerateArray().ShouldHaveSingleItem();
        problem.GetProperty("field").GetString().ShouldBe(field);
        problem.GetProperty("rule").GetString().ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData($$$"""{"kind":"funnel","query":{ {{{Steps}}},{{{Range}}} },"step":3,"outcome":"converted","segment":{"kind":"overall"}}""", "step")]
    [InlineData($$$"""{"kind":"funnel","query":{ {{{Steps}}},{{{Range}}} },"step":1,"outcome":"converted","segment":{"kind":"overall"},"interval":"2026-03-01T00:00:00Z"}""", "interval")]
    [InlineData($$$"""{"kind":"funnel","query":{ {{{Steps}}},{{{Range}}} },"step":1,"outcome":"converted","segment":{"kind":"overall"},"timeBucket":1}""", "timeBucket")]
    [InlineData($$$"""{"kind":"frequency","query":{"event":{"event":"A"},{{{Range}}} },"row":"2026-03-02T00:00:00Z","count":0,"segment":{"kind":"overall"}}""", "count")]
    [InlineData($$$"""{"kind":"flow","query":{"anchor":{"event":"A"},{{{Range}}} },"node":{"column":4,"kind":"event","event":"B"}}""", "node.column")]
    [InlineData($$$"""{"kind":"flow","query":{"anchor":{"event":"A"},{{{Range}}} },"node":{"column":1,"kind":"anchor"}}""", "node.kind")]
    [InlineData($$$"""{"kind":"flowPath","query":{"anchor":{"event":"A"},{{{Range}}} },"nodes":[]}""", "nodes")]
    public async Task A_point_that_no_report_has_is_refused(string point, string field)
    {
        using var client = await ClientAsync("points");
        var reply = await client.PostJsonAsync("/api/v1/reports/people", point);
        reply.GetProperty("problems").EnumerateArray().Select(problem => problem.GetProperty("field").GetString()).ShouldContain(field, reply.ToString());
    }

    private async Task<HttpClient> ClientAsync(string name)
    {
        var project = await shared.Server.CreateProjectAsync($"{name} {Guid.NewGuid():N}");
        return shared.Server.Client(project.RestKey);
    }
}
