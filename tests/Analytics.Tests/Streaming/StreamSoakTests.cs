using Rondo.Soaking;

namespace Rondo.Analytics.Tests.Streaming;

/// <summary>The soak of <c>rondo bench streams</c>, short. Times are printed and decide nothing: the machine may be busy.</summary>
public sealed class StreamSoakTests(ITestOutputHelper output)
{
    [Fact]
    [Trait("Category", "Long")]
    public async Task Under_load_every_event_arrives()
    {
        var directory = Directory.CreateTempSubdirectory("rondo-soak-").FullName;
        try
        {
            var result = await new StreamSoak(new StreamSoakSettings(directory, 5_000, TimeSpan.FromSeconds(15)), output.WriteLine).RunAsync(TestContext.Current.CancellationToken);
            output.WriteLine(result.ToString());
            (result.Missing, result.Duplicates).ShouldBe((0, 0));
            result.Events.ShouldBeGreaterThan(10_000);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
