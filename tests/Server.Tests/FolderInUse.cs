using System.Net.Http.Json;
using Rondo.Running;

namespace Rondo.Server.Tests;

/// <summary>One process writes a folder; a second server is refused and commands go through the first.</summary>
public sealed class FolderInUse : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("rondo-in-use-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_second_server_is_refused_and_commands_go_through_the_first()
    {
        await using var server = await ServerProcess.StartAsync(_data, "serve");
        var second = await ServerProcess.RunAsync("serve", "--data", _data, "--urls", "http://127.0.0.1:0");
        second.ExitCode.ShouldBe(3);
        second.Errors.ShouldContain($"is in use by another server at {server.Address.GetLeftPart(UriPartial.Authority)}");
        (await ServerProcess.RunAsync("demo", "--data", _data, "--urls", "http://127.0.0.1:0")).ExitCode.ShouldBe(3);

        // Were the command to open the folder by itself, the first server would not know the project.
        (await ServerProcess.RunAsync("projects", "create", "Shop", "--secret", "in-use-secret", "--data", _data)).ExitCode.ShouldBe(0);
        (await server.Http.GetFromJsonAsync<List<NamedProject>>("/api/v1/projects"))!.ShouldContain(project => project.Name == "Shop");

        var file = Path.Combine(_data, "events.ndjson");
        await File.WriteAllTextAsync(file, """{"event":"Buy","properties":{"time":1760000000,"distinct_id":"ann","$insert_id":"1"}}""");
        (await ServerProcess.RunAsync("import", file, "--project", "Shop", "--data", _data)).ExitCode.ShouldBe(0);
        (await server.Http.GetStringAsync(new Uri("/api/v1/events/export?project=Shop", UriKind.Relative))).ShouldContain("Buy");
        (await ServerProcess.RunAsync("doctor", "--data", _data)).Output.ShouldContain("Nothing is wrong.");
    }

    private sealed record NamedProject(string Name);
}
