using System.Text.Json;
using Rondo.Analytics.AudienceSync.Destinations;
using Rondo.Analytics.Contracts;

namespace Rondo.Analytics.Tests.AudienceSync;

public sealed class FolderDestinationTests : DestinationConformance
{
    internal override Task<IDestinationUnderTest> CreateAsync() => Task.FromResult<IDestinationUnderTest>(new UnderTest());

    [Fact]
    public async Task A_file_says_what_it_asks_for_and_then_who()
    {
        await using var end = new UnderTest();
        await end.Destination.SendAsync(Cohort, new MemberPage(7, PageAction.Remove, 2, 3, [new SentMember(IdentifierKind.Alias, "ann", "email", null)]), default);
        end.Files().ShouldHaveSingleItem().ShouldBe((
            "abc-1/00000007-2-remove-000002.ndjson",
            """
            {"cohort_id":"abc-1","cohort_name":"Power “users”","operation":"remove","page":2,"pages":3,"members":1}
            {"alias_name":"ann","alias_label":"email"}

            """));
    }

    private sealed class UnderTest : IDestinationUnderTest
    {
        private readonly string _directory = Directory.CreateTempSubdirectory("rondo-test-").FullName;

        public UnderTest() => Destination = Destinations.Create(new FolderConnection("audiences"), directory: _directory);

        public IAudienceDestination Destination { get; }

        public IReadOnlyCollection<string> Violations => [];

        public IAudienceDestination? WithWrongKeys() => null;

        public bool BeBusy() => false;

        public IReadOnlyCollection<string> Held(string cohort) => MemberFiles.Held(Files().Where(file => file.Name.StartsWith(cohort + "/", StringComparison.Ordinal)));

        public IReadOnlyList<(string Name, string Content)> Files()
        {
            var root = Path.Combine(_directory, "exports", "3", "audiences");
            return [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(file => (Path.GetRelativePath(root, file).Replace('\\', '/'), File.ReadAllText(file)))];
        }

        public ValueTask DisposeAsync()
        {
            Directory.Delete(_directory, recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}

public sealed class BucketDestinationTests : DestinationConformance
{
    internal override async Task<IDestinationUnderTest> CreateAsync() => new UnderTest(await BucketServer.StartAsync());

    [Theory]
    [InlineData(404, "NoSuchBucket", SyncAdvice.CorrectAddress)]
    [InlineData(403, "AccessDenied", SyncAdvice.RenewKeys)]
    [InlineData(403, "SignatureDoesNotMatch", SyncAdvice.RenewKeys)]
    public async Task What_cannot_pass_stops_it(int status, string code, SyncAdvice advice)
    {
        await using var server = await BucketServer.StartAsync();
        await using var bucket = Create(server);
        server.Answers.Enqueue((status, code));
        (await bucket.TestAsync(default)).ShouldBe(new Stopped(code, advice));
    }

    private static IAudienceDestination Create(BucketServer server, string accessKey = BucketServer.AccessKey, string secretKey = BucketServer.SecretKey) =>
        Destinations.Create(new BucketConnection(server.Address, "eu-central-1", "audiences", accessKey, secretKey, "rondo/"));

    private sealed class UnderTest(BucketServer server) : IDestinationUnderTest
    {
        public IAudienceDestination Destination { get; } = Create(server);

        public IReadOnlyCollection<string> Violations => server.Violations;

        public IAudienceDestination? WithWrongKeys() => Create(server, "AKIAOTHER", "wrong-key");

        public IReadOnlyCollection<string> Held(string cohort) =>
            MemberFiles.Held(server.Objects.Where(file => file.Key.StartsWith($"rondo/{cohort}/", StringComparison.Ordinal)).Select(file => (file.Key, file.Value)));

        public bool BeBusy()
        {
            server.Answers.Enqueue((503, "SlowDown"));
            return true;
        }

        public async ValueTask DisposeAsync()
        {
            await Destination.DisposeAsync();
            await server.DisposeAsync();
        }
    }
}

/// <summary>Reads files as somebody would who keeps a list by them.</summary>
internal static class MemberFiles
{
    public static IReadOnlyCollection<string> Held(IEnumerable<(string Name, string Content)> files)
    {
        var held = new HashSet<string>();
        foreach (var (_, content) in files.OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            var lines = content.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
            var head = lines[0];
            var ids = lines.Skip(1).Select(line => line.EnumerateObject().First().Value.GetString()!).ToList();
            ids.Count.ShouldBe(head.GetProperty("members").GetInt32());
            switch (head.GetProperty("operation").GetString())
            {
                case "replace" when head.GetProperty("page").GetInt32() == 1:
                    held = [.. ids];
                    break;
                case "remove":
                    held.ExceptWith(ids);
                    break;
                default:
                    held.UnionWith(ids);
                    break;
            }
        }

        return held;
    }
}
