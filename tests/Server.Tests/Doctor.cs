using System.Diagnostics;
using System.Net;
using Rondo.Running;

namespace Rondo.Server.Tests;

/// <summary>A folder with damaged files: what needs them is refused, the rest is answered, and the doctor explains.</summary>
public sealed class Doctor : IAsyncLifetime, IDisposable
{
    private const string Totals = """{"metrics":[{"event":{"event":"NAME"},"measure":"total"}],"range":{"kind":"since","from":"2020-01-01"},"unit":"month"}""";
    private readonly string _data = Directory.CreateTempSubdirectory("rondo-doctor-").FullName;

    /// <summary>A folder with one sealed part: many "Buy" in a file of their own, a few "See" in the shared one.</summary>
    public async ValueTask InitializeAsync()
    {
        (await ServerProcess.RunAsync("projects", "create", "Shop", "--secret", "doctor-secret", "--data", _data)).ExitCode.ShouldBe(0);
        var file = Path.Combine(_data, "events.ndjson");
        await File.WriteAllLinesAsync(file, Enumerable.Range(0, 6000).Select(n =>
            $$$"""{"event":"{{{(n % 6 == 0 ? "See" : "Buy")}}}","properties":{"time":{{{1760000000 + n}}},"distinct_id":"u{{{n % 50}}}","$insert_id":"n{{{n}}}"}}"""));
        await using var server = await ServerProcess.StartAsync(_data, "serve", "--seal-after", "6000");
        (await ServerProcess.RunAsync("import", file, "--project", "Shop", "--data", _data)).Output.ShouldContain("\"imported\": 6000");
        var waited = Stopwatch.StartNew();
        while ((await ServerProcess.RunAsync("doctor", "--data", _data)).Output is var output && !output.Contains("1 parts with 6000 events", StringComparison.Ordinal))
        {
            waited.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(1), output);
            await Task.Delay(100);
        }

        // Not killed: what was taken is counted on disk now and then, and at the end.
        await server.StopAsync();
    }

    private string Parts => Path.Combine(_data, "events", "1", "parts");

    private string Own => Directory.GetFiles(Parts, "e*.arrow", SearchOption.AllDirectories).Single();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Theory]
    [InlineData("bit flip", "is not as it was written")]
    [InlineData("cut off", "it was cut off")]
    [InlineData("missing", "is missing")]
    public async Task A_damaged_file_is_named_what_needs_it_is_refused_and_the_rest_is_answered(string damage, string words)
    {
        var file = Own;
        var whole = await File.ReadAllBytesAsync(file);
        switch (damage)
        {
            case "bit flip":
                var flipped = (byte[])whole.Clone();
                flipped[flipped.Length / 2] ^= 4;
                await File.WriteAllBytesAsync(file, flipped);
                break;
            case "cut off":
                await File.WriteAllBytesAsync(file, whole[..(whole.Length / 2)]);
                break;
            default:
                File.Delete(file);
                break;
        }

        await using (var server = await ServerProcess.StartAsync(_data, "serve"))
        {
            var (status, refused) = await AskAsync(server, "Buy");
            status.ShouldBe(HttpStatusCode.InternalServerError);
            refused.ShouldContain(file);
            refused.ShouldContain(words);
            (status, var answered) = await AskAsync(server, "See");
            status.ShouldBe(HttpStatusCode.OK, answered);
            answered.ShouldContain("\"total\":1000");
            var more = Path.Combine(_data, "more.ndjson");
            await File.WriteAllTextAsync(more, """{"event":"See","properties":{"time":1760000000,"distinct_id":"u1","$insert_id":"more"}}""");
            (await ServerProcess.RunAsync("import", more, "--project", "Shop", "--data", _data)).Output.ShouldContain("\"imported\": 1");
            (await AskAsync(server, "See")).Words.ShouldContain("\"total\":1001");
            (await ServerProcess.RunAsync("backup", _data + "-backup", "--data", _data)).Errors.ShouldContain(file);
            Directory.Exists(_data + "-backup").ShouldBeFalse();

            var whileServing = await ServerProcess.RunAsync("doctor", "--data", _data);
            whileServing.ExitCode.ShouldBe(1);
            whileServing.Output.ShouldContain(file);
        }

        var doctor = await ServerProcess.RunAsync("doctor", "--data", _data);
        doctor.ExitCode.ShouldBe(1, doctor.Output);
        doctor.Output.ShouldContain(file);
        doctor.Output.ShouldContain(words);
        doctor.Output.ShouldContain("Restore the folder from a backup");
        await File.WriteAllBytesAsync(file, whole);
        (await ServerProcess.RunAsync("doctor", "--data", _data)).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_damaged_catalogue_is_refused_by_its_name()
    {
        var file = Path.Combine(_data, "events", "1", "store.db");

        // What the write-ahead log still holds would be read from there.
        File.Delete(file + "-wal");
        File.Delete(file + "-shm");
        await using (var damaged = new FileStream(file, FileMode.Open))
        {
            damaged.Write(new byte[4096]);
        }

        var doctor = await ServerProcess.RunAsync("doctor", "--data", _data);
        doctor.ExitCode.ShouldBe(1);
        doctor.Output.ShouldContain(file);
        await using var server = await ServerProcess.StartAsync(_data, "serve");
        var (status, refused) = await AskAsync(server, "Buy");
        status.ShouldBe(HttpStatusCode.InternalServerError);
        refused.ShouldContain(file);
        refused.ShouldContain("rondo doctor");
    }

    [Theory]
    [InlineData("analytics.db")]
    [InlineData("integrations.db")]
    [InlineData("engagement.db")]
    [InlineData("accounts.db")]
    [InlineData("databases.json")]
    public async Task A_missing_or_damaged_database_is_refused_and_reported(string name)
    {
        var file = Path.Combine(_data, name);
        File.Move(file, file + ".elsewhere");
        if (name == "databases.json")
        {
            await File.WriteAllTextAsync(file, "[\"analytics.db\", ");
        }

        var doctor = await ServerProcess.RunAsync("doctor", "--data", _data);
        doctor.ExitCode.ShouldBe(1, doctor.Output);
        doctor.Output.ShouldContain(file);
        var serve = await ServerProcess.RunAsync("serve", "--data", _data, "--urls", "http://127.0.0.1:0");
        serve.ExitCode.ShouldBe(4, serve.Errors);
        serve.Errors.ShouldContain(file);
        serve.Errors.ShouldContain("Restore the folder from a backup");
        var create = await ServerProcess.RunAsync("projects", "create", "Other", "--secret", "other-secret", "--data", _data);
        create.ExitCode.ShouldBe(4, create.Errors);
        var backup = await ServerProcess.RunAsync("backup", _data + "-backup", "--data", _data);
        backup.ExitCode.ShouldBe(4, backup.Errors);
        backup.Errors.ShouldContain(file);
        Directory.Exists(_data + "-backup").ShouldBeFalse();
        File.Exists(file).ShouldBe(name == "databases.json", "nothing is begun anew");
        File.Move(file + ".elsewhere", file, overwrite: true);
        (await ServerProcess.RunAsync("doctor", "--data", _data)).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_database_that_goes_missing_while_it_is_served_is_not_left_out_of_a_backup()
    {
        await using var server = await ServerProcess.StartAsync(_data, "serve");
        var file = Path.Combine(_data, "engagement.db");
        File.Delete(file);
        var backup = await ServerProcess.RunAsync("backup", _data + "-backup", "--data", _data);
        backup.ExitCode.ShouldNotBe(0);
        backup.Errors.ShouldContain(file);
        Directory.Exists(_data + "-backup").ShouldBeFalse();
    }

    [Fact]
    public async Task The_lost_events_of_a_project_are_told_apart_from_a_project_that_never_had_any()
    {
        (await ServerProcess.RunAsync("projects", "create", "Unused", "--secret", "unused-secret", "--data", _data)).ExitCode.ShouldBe(0);
        var events = Path.Combine(_data, "events", "1");
        Directory.Move(events, _data + "-elsewhere");
        var doctor = await ServerProcess.RunAsync("doctor", "--data", _data);
        doctor.ExitCode.ShouldBe(1, doctor.Output);
        doctor.Output.ShouldContain(events);
        doctor.Output.ShouldContain("has taken 6000 events");
        doctor.Output.ShouldContain("1 problems.");
        (await ServerProcess.RunAsync("export", "--project", "Shop", "--data", _data)).ExitCode.ShouldNotBe(0);
        await using (var server = await ServerProcess.StartAsync(_data, "serve"))
        {
            var (status, refused) = await AskAsync(server, "Buy");
            status.ShouldBe(HttpStatusCode.InternalServerError);
            refused.ShouldContain(events);
            refused.ShouldContain("Restore the folder from a backup");
            using var ready = await server.Http.GetAsync(new Uri("/readyz", UriKind.Relative));
            ready.StatusCode.ShouldBe(HttpStatusCode.OK);
            (await ready.Content.ReadAsStringAsync()).ShouldContain("project 1 does not open");
            (await ServerProcess.RunAsync("backup", _data + "-backup", "--data", _data)).Errors.ShouldContain(events);
        }

        Directory.Exists(events).ShouldBeFalse("nothing is begun anew");
        Directory.Move(_data + "-elsewhere", events);
        (await ServerProcess.RunAsync("doctor", "--data", _data)).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Events_without_a_project_are_reported()
    {
        var stray = Path.Combine(_data, "events", "7");
        Directory.Move(Path.Combine(_data, "events", "1"), stray);
        var doctor = await ServerProcess.RunAsync("doctor", "--data", _data);
        doctor.ExitCode.ShouldBe(1, doctor.Output);
        doctor.Output.ShouldContain(stray);
        doctor.Output.ShouldContain("No project in analytics.db has these events");
    }

    [Fact]
    public async Task A_missing_catalogue_is_refused_while_another_project_goes_on()
    {
        (await ServerProcess.RunAsync("projects", "create", "Other", "--secret", "other-secret", "--data", _data)).ExitCode.ShouldBe(0);
        var file = Path.Combine(_data, "events", "1", "store.db");
        File.Delete(file);
        File.Delete(file + "-wal");
        var parts = Directory.GetFiles(Parts, "*", SearchOption.AllDirectories);
        (await ServerProcess.RunAsync("export", "--project", "Shop", "--data", _data)).ExitCode.ShouldNotBe(0);
        await using var server = await ServerProcess.StartAsync(_data, "serve");
        var (status, refused) = await AskAsync(server, "Buy");
        status.ShouldBe(HttpStatusCode.InternalServerError);
        refused.ShouldContain(file);
        using var ready = await server.Http.GetAsync(new Uri("/readyz", UriKind.Relative));
        ready.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ready.Content.ReadAsStringAsync()).ShouldContain("project 1 does not open");
        using var question = new StringContent(Totals.Replace("NAME", "Buy", StringComparison.Ordinal), System.Text.Encoding.UTF8, "application/json");
        using var other = await server.Http.PostAsync(new Uri("/api/v1/reports/insights?project=Other", UriKind.Relative), question);
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
        Directory.GetFiles(Parts, "*", SearchOption.AllDirectories).ShouldBe(parts, ignoreOrder: true);
    }

    private static async Task<(HttpStatusCode Status, string Words)> AskAsync(ServerProcess server, string name)
    {
        using var question = new StringContent(Totals.Replace("NAME", name, StringComparison.Ordinal), System.Text.Encoding.UTF8, "application/json");
        using var reply = await server.Http.PostAsync(new Uri("/api/v1/reports/insights?project=Shop", UriKind.Relative), question);
        return (reply.StatusCode, await reply.Content.ReadAsStringAsync());
    }
}
