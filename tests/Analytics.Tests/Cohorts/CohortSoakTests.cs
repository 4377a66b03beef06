using Rondo.Soaking;
using Shouldly;
using Xunit;

namespace Rondo.Analytics.Tests.Cohorts;

/// <summary>The soak of <c>rondo bench cohorts</c>, short. Times are printed and decide nothing: the machine may be busy.</summary>
public sealed class CohortSoakTests(ITestOutputHelper output)
{
    [Fact]
    [Trait("Category", "Long")]
    public async Task Under_load_live_cohorts_stay_what_a_full_computation_gives()
    {
        var directory = Directory.CreateTempSubdirectory("rondo-soak-").FullName;
        try
        {
            var result = await new CohortSoak(new CohortSoakSettings(directory, 5_000, 60, 1_000, TimeSpan.FromSeconds(20)), output.WriteLine).RunAsync(TestContext.Current.CancellationToken);
            output.WriteLine(result.ToString());
            result.Differences.ShouldBe(0);
            result.Changes.ShouldBeGreaterThan(1_000);
            result.Ripened.ShouldBeGreaterThan(10);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
