using Rondo.Soaking;

namespace Rondo.Server.Tests;

/// <summary>The soaks of <c>rondo bench ingest</c> and <c>rondo bench start</c>, short. Times are printed and decide nothing: the machine may be busy.</summary>
[Trait("Category", "Long")]
public sealed class ServerSoaks(ITestOutputHelper output) : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rondo-soak-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task What_comes_in_under_load_is_counted_and_measured()
    {
        var settings = new ImportSoakSettings(Path.Combine(_directory, "ingestion"), 60_000) { ReportEvery = TimeSpan.FromMilliseconds(20), ProbeEvery = TimeSpan.FromMilliseconds(20) };
        var result = await new ImportSoak(settings, output.WriteLine).RunAsync(TestContext.Current.CancellationToken);
        output.WriteLine(result.ToString());
        (result.Events, result.Missing).ShouldBe((60_000, 0));
        result.Acknowledged.Count.ShouldBe(60_000 / ListeningServer.BatchSize);
        result.CountedSinceSent.Count.ShouldBePositive();
        result.CountedSinceSent.MostMs.ShouldBeGreaterThanOrEqualTo(result.CountedSinceAcknowledged.MostMs);
        result.Reports.Values.Sum(report => report.Count).ShouldBePositive();
        result.Quarters.Sum(quarter => quarter.Acknowledged.Count).ShouldBe(result.Acknowledged.Count);
        result.PeakOwnMegabytes.ShouldBeInRange(10, result.PeakResidentMegabytes);
        result.BytesPerEventWithLog.ShouldBeGreaterThan(1);
        result.BytesPerEventSettled.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task A_started_server_answers_about_what_the_folder_holds()
    {
        var settings = new ServerStartsSettings(Path.Combine(_directory, "start"), 20_000) { Starts = 2, Quiet = TimeSpan.FromSeconds(1) };
        var result = await new ServerStarts(settings, output.WriteLine).RunAsync(TestContext.Current.CancellationToken);
        output.WriteLine(result.ToString());
        (result.Ready.Count, result.FirstAnswer.Count, result.StoreOpens.Count).ShouldBe((2, 2, 2));
        result.FirstAnswer.P50Ms.ShouldBeGreaterThan(result.Ready.P50Ms);
        result.ReadyAfterKillMs.ShouldNotBeNull();
        result.IdleOwnMegabytes.ShouldBeInRange(10, result.IdleResidentMegabytes);

        var again = await new ServerStarts(settings with { Starts = 1 }, output.WriteLine).RunAsync(TestContext.Current.CancellationToken);
        (again.Events, again.ReadyAfterKillMs).ShouldBe((20_000, null), "the folder is kept");
    }
}
