using System.Diagnostics;
using System.Text.Json;
using Rondo.HttpApi.Tests.Hosting;
using Rondo.Server.Hosting;

namespace Rondo.HttpApi.Tests.CommandLine;

/// <summary>The commands and their exit codes, with and without a server on the folder.</summary>
public sealed class CommandTests
{
    [Fact]
    public async Task A_project_made_without_a_server_is_there_for_one_started_later()
    {
        using var folder = new TemporaryFolder();
        var made = (await RondoProcess.RunAsync("projects", "create", "My shop", "--token", "tok", "--secret", "sec", "--rest-key", "key", "--time-zone", "Asia/Seoul", "--data", folder.Data)).Json;
        made.GetProperty("token").GetString().ShouldBe("tok");
        made.GetProperty("secret").GetString().ShouldBe("sec");
        made.GetProperty("restKey").GetString().ShouldBe("key");
        made.GetProperty("timeZone").GetString().ShouldBe("Asia/Seoul");

        using var server = Process.Start(RondoProcess.Command("serve", "--data", folder.Data, "--urls", "http://127.0.0.1:0"))!;
        try
        {
            (await server.StandardOutput.ReadLineAsync()).ShouldNotBeNull();
            var address = DataFolder.ReadNote(folder.Data)!.Url;
            using var client = new HttpClient { BaseAddress = new Uri(address) };
            client.DefaultRequestHeaders.Authorization = new("Bearer", "key");
            (await client.GetJsonAsync("/api/v1/lexicon/events")).GetArrayLength().ShouldBe(0);

            var listed = (await RondoProcess.RunAsync("projects", "list", "--data", folder.Data)).Json;
            listed.GetArrayLength().ShouldBe(1);
            listed[0].TryGetProperty("secret", out _).ShouldBeFalse();

            var second = await RondoProcess.RunAsync("serve", "--data", folder.Data, "--urls", "http://127.0.0.1:0");
            second.ExitCode.ShouldBe(3);
            second.Errors.ShouldContain("is in use by another server at " + address);
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
        }

        // A killed server leaves its note behind; the next command must not be misled by it.
        DataFolder.ReadNote(folder.Data).ShouldNotBeNull();
        (await RondoProcess.RunAsync("projects", "list", "--data", folder.Data)).Json.GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task The_note_with_the_admin_token_is_for_its_owner_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        await using var server = await TestServer.StartAsync();
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Path.Combine(server.Directory, "server.json")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public async Task A_name_that_is_taken_is_refused_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        await RondoProcess.RunAsync("projects", "create", "Shop", "--data", folder.Data);
        var again = await RondoProcess.RunAsync("projects", "create", "Shop", "--time-zone", "Mars/Phobos", "--data", folder.Data);
        again.ExitCode.ShouldBe(4);
        again.Errors.ShouldContain("timeZone 'Mars/Phobos' is not a time zone");
        again = await RondoProcess.RunAsync("projects", "create", "Shop", "--data", folder.Data);
        again.ExitCode.ShouldBe(4);
        again.Errors.ShouldContain("name 'Shop' is taken by another project");
        again.Output.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("projects", "create")]
    [InlineData("import", "nowhere.json", "--project", "x")]
    [InlineData("serve", "--port", "1")]
    [InlineData("fly")]
    public async Task A_wrong_command_line_ends_with_2(params string[] arguments)
    {
        var result = await RondoProcess.RunAsync(arguments);
        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("serve", "--help")]
    [InlineData("demo", "--help")]
    [InlineData("projects", "create", "--help")]
    [InlineData("import", "--help")]
    [InlineData("export", "--help")]
    public async Task Help_is_everywhere(params string[] arguments)
    {
        var result = await RondoProcess.RunAsync(arguments);
        result.ExitCode.ShouldBe(0);
        result.Output.ShouldContain("Usage:");
    }

    [Fact]
    public async Task An_interrupted_import_goes_on_where_it_stopped()
    {
        const int Count = 60_000;
        await using var server = await TestServer.StartAsync();
        using var folder = new TemporaryFolder();
        using var client = server.Client((await server.CreateProjectAsync("Shop")).RestKey);
        var file = folder.Write("many.json", string.Concat(Enumerable.Range(0, Count).Select(n => $"{{\"event\":\"A\",\"properties\":{{\"distinct_id\":\"u{n % 1000}\",\"time\":{1767607200 + n}}}}}\n")));
        string[] import = ["import", file, "--project", "Shop", "--data", server.Directory];

        var imports = Path.Combine(server.Directory, "imports");
        using (var first = Process.Start(RondoProcess.Command(import))!)
        {
            _ = first.StandardError.ReadToEndAsync();
            while (!(Directory.Exists(imports) && Directory.EnumerateFiles(imports, "*.json").Any()) && !first.HasExited)
            {
                await Task.Delay(1);
            }

            first.Kill();
            await first.WaitForExitAsync();
        }

        var summary = (await RondoProcess.RunAsync(import)).Json;
        summary.GetProperty("read").GetInt64().ShouldBe(Count);
        (summary.GetProperty("resumed").GetInt64() + summary.GetProperty("imported").GetInt64()).ShouldBe(Count);
        summary.GetProperty("resumed").GetInt64().ShouldBeGreaterThan(0);
        var total = await client.PostJsonAsync("/api/v1/reports/insights", """{"metrics":[{"event":{"event":"A"},"measure":"total"}],"range":{"kind":"since","from":"2020-01-01"},"unit":"month"}""");
        total.GetProperty("result").GetProperty("series")[0].GetProperty("total").GetInt64().ShouldBe(Count);
        Directory.GetFiles(imports, "*.json").ShouldBeEmpty();
    }
}
