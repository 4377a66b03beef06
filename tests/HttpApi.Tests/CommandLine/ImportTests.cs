using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Rondo.HttpApi.Tests.Hosting;

namespace Rondo.HttpApi.Tests.CommandLine;

/// <summary><c>rondo import</c> against a server that has the folder open: what is kept, what is refused, and what is said about it.</summary>
public sealed class ImportTests : IAsyncLifetime
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TemporaryFolder _files = new();
    private TestServer _server = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _client = _server.Client((await _server.CreateProjectAsync("Shop")).RestKey);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _files.Dispose();
    }

    [Fact]
    public async Task Of_lines_the_bad_ones_are_named_and_the_good_ones_kept()
    {
        var file = _files.Write("bad.ndjson", """
            {"what":"Buy","who":"u1","when":"2026-01-05T10:00:00Z","price":9.5,"time":"a field called time"}
            not json
            {"what":"Buy","who":"u2","when":1767607200}
            {"what":"","who":"u2","when":1767607200}
            {"what":"Buy","who":"u2","when":"soon"}

            [1,2]
            {"what":"Buy","who":"undefined","when":1767607200000}
            {"what":"Buy","who":null,"when":1767607200000}
            {"what":"Buy","who":12345678901234567890,"when":"2026-01-05"}
            """);
        var summary = (await ImportAsync(file, "--format", "ndjson", "--event", "what", "--user", "who", "--time", "when")).Json;
        Words(summary).ShouldBe(
            """
            read 9, imported 4, refused 5
            1 '' of bad.ndjson:2: the line is not valid JSON at byte 1
            1 '' of bad.ndjson:4: 'what' is missing or empty
            1 '' of bad.ndjson:5: 'when' is not a time
            1 '' of bad.ndjson:7: the line is not an object
            1 '' of bad.ndjson:8: 'properties.distinct_id' is invalid: 'undefined' is not an id
            """.Replace("'' of ", string.Empty, StringComparison.Ordinal));
        (await EventsAsync()).ShouldBe([
            "2026-01-05T00:00:00Z Buy by 12345678901234567890 {}",
            "2026-01-05T10:00:00Z Buy by  {}",
            "2026-01-05T10:00:00Z Buy by u1 {\"original_time\":\"a field called time\",\"price\":9.5}",
            "2026-01-05T10:00:00Z Buy by u2 {}",
        ]);
    }

    [Fact]
    public async Task Of_a_table_the_bad_rows_are_named_and_the_good_ones_kept()
    {
        var file = _files.Write("orders.csv", "who,when,price,code,new,note\r\nu1,2026-01-05 10:00:00,9.5,007,true,\"said \"\"hi\"\",\r\ntwice\"\r\nu2,2026-01-05T10:00:00+01:00,-3,8,,\r\nu3,soon,1,1,1,1\r\nu4,2026-01-05\r\nu5,2026-01-05,a\"b,1,1,1\r\n,2026-01-05,1,1,false,last");
        var summary = (await ImportAsync(file, "--format", "csv", "--event-name", "Order", "--user", "who", "--time", "when")).Json;
        Words(summary).ShouldBe(
            """
            read 6, imported 3, refused 3
            1 orders.csv:5: 'when' is not a time
            1 orders.csv:6: the row has 2 cells, the header 6
            1 orders.csv:7: a quote stands inside a cell that is not quoted
            """);
        (await EventsAsync()).ShouldBe([
            "2026-01-05T00:00:00Z Order by  {\"code\":1,\"new\":false,\"note\":\"last\",\"price\":1}",
            "2026-01-05T09:00:00Z Order by u2 {\"code\":8,\"price\":-3}",
            "2026-01-05T10:00:00Z Order by u1 {\"code\":\"007\",\"new\":true,\"note\":\"said \\\"hi\\\",\\r\\ntwice\",\"price\":9.5}",
        ]);
    }

    [Fact]
    public async Task A_table_without_the_named_column_is_refused_by_that_name()
    {
        var file = _files.Write("orders.csv", "who,price\nu1,1\n");
        var result = await ImportAsync(file, "--format", "csv", "--event-name", "Order", "--user", "who", "--time", "when", "--strict");
        result.ExitCode.ShouldBe(5);
        Words(JsonDocument.Parse(result.Output).RootElement).ShouldBe("read 1, imported 0, refused 1\n1 orders.csv:1: the header has no column 'when'");
    }

    [Theory]
    [InlineData("[{0},{1}]")]
    [InlineData("{0}\n{1}\n")]
    [InlineData("\n\n {0}\r\n{1}")]
    public async Task Mixpanel_events_come_as_lines_or_as_one_array(string shape)
    {
        var file = _files.Write("events.json", shape
            .Replace("{0}", """{"event":"A","properties":{"distinct_id":"u1","time":1767607200,"$insert_id":"a1","x":1}}""", StringComparison.Ordinal)
            .Replace("{1}", """{"event":"B","properties":{"distinct_id":"","time":1767607200}}""", StringComparison.Ordinal));
        (await ImportAsync(file)).Json.GetProperty("imported").GetInt64().ShouldBe(2);
        (await EventsAsync()).ShouldBe(["2026-01-05T10:00:00Z A by u1 {\"x\":1}", "2026-01-05T10:00:00Z B by  {}"]);
    }

    [Fact]
    public async Task A_packed_file_is_known_by_its_content_and_importing_again_changes_nothing()
    {
        var lines = string.Concat(Enumerable.Range(0, 5000).Select(n => $"{{\"event\":\"A\",\"properties\":{{\"distinct_id\":\"u{n % 7}\",\"time\":{1767607200 + (n / 2)}}}}}\n"));
        var file = _files.Write("packed.log", Pack(lines));
        (await ImportAsync(file)).Json.GetProperty("imported").GetInt64().ShouldBe(5000);
        (await ImportAsync(file)).Json.GetProperty("imported").GetInt64().ShouldBe(5000);
        (await TotalAsync("A")).ShouldBe(5000);
    }

    [Fact]
    public async Task A_packed_file_that_was_cut_off_is_read_up_to_there_and_not_taken_for_whole()
    {
        var random = new Random(1);
        var lines = string.Concat(Enumerable.Range(0, 20_000).Select(n => $"{{\"event\":\"A\",\"properties\":{{\"distinct_id\":\"u{random.Next()}\",\"time\":1767607200}}}}\n"));
        var packed = Pack(lines);
        var result = await ImportAsync(_files.Write("cut.gz", packed[..(packed.Length / 2)]), "--strict");
        result.ExitCode.ShouldBe(5);
        var summary = JsonDocument.Parse(result.Output).RootElement;
        var imported = summary.GetProperty("imported").GetInt64();
        imported.ShouldBeInRange(5_000, 15_000);
        summary.GetProperty("reasons")[0].GetProperty("reason").GetString().ShouldBe("the packed file is broken or cut off here; what follows cannot be read");
        summary.GetProperty("reasons")[0].GetProperty("examples")[0].GetString().ShouldBe($"cut.gz:{imported + 1}");
        (await TotalAsync("A")).ShouldBe(imported);
    }

    [Fact]
    public async Task An_array_that_breaks_off_is_read_up_to_there()
    {
        var file = _files.Write("array.json", """
            [{"event":"A","properties":{"distinct_id":"u1","time":1767607200}},
             {"event":"B","properties":{"distinct_id":"u1","time":1767607200}},
             {"event":"C","properties":{"distinct_id"
            """);
        Words((await ImportAsync(file)).Json).ShouldBe("read 3, imported 2, refused 1\n1 array.json:3: the array is not valid JSON here (line 3); what follows cannot be read");
        (await EventsAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_is_exported_can_be_imported()
    {
        var file = _files.Write("events.json", """
            {"event":"A","properties":{"distinct_id":"u1","time":1767607200123,"$insert_id":"a1","list":[1,"x",true],"object":{"k":"v"},"ü":"ß"}}
            {"event":"B","properties":{"distinct_id":"$device:d","$device_id":"d","time":1767607200,"$insert_id":"b1"}}
            """);
        await ImportAsync(file);
        var exported = await RondoProcess.RunAsync("export", "--project", "Shop", "--data", _server.Directory);
        exported.ExitCode.ShouldBe(0, exported.Errors);
        var before = await EventsAsync();
        await _server.CreateProjectAsync("Copy");
        (await RondoProcess.RunAsync("import", _files.Write("copy.json", exported.Output), "--project", "Copy", "--data", _server.Directory)).Json.GetProperty("imported").GetInt64().ShouldBe(2);
        (await EventsAsync("Copy")).ShouldBe(before);
        before.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_project_that_does_not_exist_is_refused()
    {
        var result = await RondoProcess.RunAsync("import", _files.Write("events.json", "{}"), "--project", "Nobody", "--data", _server.Directory);
        result.ExitCode.ShouldBe(4);
        result.Errors.ShouldContain("There is no project 'Nobody'");
        result.Output.ShouldBeEmpty();
    }

    private Task<ProcessResult> ImportAsync(string file, params string[] options) =>
        RondoProcess.RunAsync(["import", file, "--project", "Shop", "--data", _server.Directory, .. options]);

    private static byte[] Pack(string text)
    {
        using var packed = new MemoryStream();
        using (var packing = new GZipStream(packed, CompressionLevel.Fastest))
        {
            packing.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }

    private static string Words(JsonElement summary)
    {
        var lines = summary.GetProperty("reasons").EnumerateArray()
            .Select(reason => $"{reason.GetProperty("count").GetInt64()} {reason.GetProperty("examples")[0].GetString()}: {reason.GetProperty("reason").GetString()}")
            .Order(StringComparer.Ordinal);
        return string.Join('\n', [$"read {summary.GetProperty("read").GetInt64()}, imported {summary.GetProperty("imported").GetInt64()}, refused {summary.GetProperty("refused").GetInt64()}", .. lines]);
    }

    private async Task<long> TotalAsync(string name)
    {
        var reply = await _client.PostJsonAsync("/api/v1/reports/insights", $$"""{"metrics":[{"event":{"event":"{{name}}"},"measure":"total"}],"range":{"kind":"since","from":"2020-01-01"},"unit":"month"}""");
        return reply.GetProperty("result").GetProperty("series")[0].GetProperty("total").GetInt64();
    }

    private async Task<List<string>> EventsAsync(string project = "Shop")
    {
        var events = await _server.Admin.GetJsonAsync($"/api/v1/events/latest?limit=1000&project={project}");
        return [.. events.EnumerateArray().Select(tracked =>
            $"{tracked.GetProperty("time").GetString()} {tracked.GetProperty("event").GetString()} by {tracked.GetProperty("distinctId").GetString()} {Properties(tracked)}").Order(StringComparer.Ordinal)];
    }

    private static string Properties(JsonElement tracked) => JsonSerializer.Serialize(
        tracked.GetProperty("properties").EnumerateObject().Where(property => property.Name != "$import").OrderBy(property => property.Name, StringComparer.Ordinal).ToDictionary(property => property.Name, property => property.Value),
        Plain);
}
