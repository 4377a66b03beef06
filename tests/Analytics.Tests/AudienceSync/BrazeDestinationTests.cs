using Rondo.Analytics.AudienceSync;
using Rondo.Analytics.AudienceSync.Destinations;
using Rondo.Analytics.Contracts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Tests.AudienceSync;

public sealed class BrazeDestinationTests : DestinationConformance
{
    internal override async Task<IDestinationUnderTest> CreateAsync() => new UnderTest(await BrazeServer.StartAsync());

    [Fact]
    public async Task Each_kind_of_identifier_has_its_own_list()
    {
        await using var server = await BrazeServer.StartAsync();
        await using var braze = Create(server);
        await braze.DeclareAsync(Cohort, default);
        var page = new MemberPage(1, PageAction.Add, 1, 1,
        [
            new SentMember(IdentifierKind.ExternalId, "ann", null, null),
            new SentMember(IdentifierKind.DeviceId, "phone-1", null, null),
            new SentMember(IdentifierKind.Alias, "ann@example.org", "email", null),
        ]);
        (await braze.SendAsync(Cohort, page, default)).ShouldBeOfType<Taken>();
        server.MembersOf(Cohort.RemoteId).Order(StringComparer.Ordinal).ShouldBe(["alias:email:ann@example.org", "device:phone-1", "user:ann"]);
        server.Violations.ShouldBeEmpty();
        server.Names[Cohort.RemoteId].ShouldBe(Cohort.Name);
    }

    [Theory]
    [InlineData(Fault.Broken500, null)]
    [InlineData(Fault.Busy503, null)]
    [InlineData(Fault.Locked423, null)]
    [InlineData(Fault.Busy429, 7)]
    [InlineData(Fault.ResetBefore, null)]
    [InlineData(Fault.ResetAfterTaking, null)]
    [InlineData(Fault.SilenceAfterTaking, null)]
    public async Task What_may_pass_is_tried_again_after_the_time_it_asks_for(Fault fault, int? seconds)
    {
        await using var server = await BrazeServer.StartAsync();
        await using var braze = Create(server);
        await braze.DeclareAsync(Cohort, default);
        server.NextFault = () => fault;
        (await braze.SendAsync(Cohort, Page(1, PageAction.Add, "ann"), default)).ShouldBeOfType<TryAgain>().After?.TotalSeconds.ShouldBe(seconds!.Value);
    }

    [Fact]
    public async Task A_member_that_is_refused_is_told_from_a_request_that_is()
    {
        await using var server = await BrazeServer.StartAsync();
        await using var braze = Create(server);
        await braze.DeclareAsync(Cohort, default);
        server.RefusedMember = "bad";
        (await braze.SendAsync(Cohort, Page(1, PageAction.Add, "ann", "bad"), default)).ShouldBeOfType<PageRefused>();
        (await braze.SendAsync(Cohort with { RemoteId = "" }, Page(1, PageAction.Add, "ann"), default)).ShouldBeOfType<Stopped>().Advice.ShouldBe(SyncAdvice.ReadAnswer);
        (await braze.DeclareAsync(Cohort with { Name = "" }, default)).ShouldBeOfType<Stopped>().Advice.ShouldBe(SyncAdvice.ReadAnswer);
    }

    [Fact]
    public async Task An_address_in_a_private_network_is_not_called_unless_allowed()
    {
        await using var server = await BrazeServer.StartAsync();
        await using var braze = Create(server, allowsPrivateAddresses: false);
        var stopped = (await braze.TestAsync(default)).ShouldBeOfType<Stopped>();
        stopped.Advice.ShouldBe(SyncAdvice.AllowAddress);
        server.Requests.ShouldBeEmpty();
    }

    internal static IAudienceDestination Create(BrazeServer server, string key = BrazeServer.DataImportKey, bool allowsPrivateAddresses = true) =>
        Destinations.Create(new BrazeConnection(server.Address, key, BrazeServer.PartnerKey), allowsPrivateAddresses);

    private sealed class UnderTest(BrazeServer server) : IDestinationUnderTest
    {
        public IAudienceDestination Destination { get; } = Create(server);

        public IReadOnlyCollection<string> Violations => server.Violations;

        public IAudienceDestination? WithWrongKeys() => Create(server, "wrong-key");

        public IReadOnlyCollection<string> Held(string cohort) => [.. server.MembersOf(cohort).Select(id => id["user:".Length..])];

        public bool BeBusy()
        {
            server.NextFault = () =>
            {
                server.NextFault = null;
                return Fault.Busy503;
            };
            return true;
        }

        public async ValueTask DisposeAsync()
        {
            await Destination.DisposeAsync();
            await server.DisposeAsync();
        }
    }
}

/// <summary>Destinations as the server makes them.</summary>
internal static class Destinations
{
    public static IAudienceDestination Create(ConnectionSettings settings, bool allowsPrivateAddresses = true, string directory = "unused") => new DestinationFactory(
        new AnalyticsOptions { Directory = directory, Integrations = new IntegrationOptions { AllowPrivateAddresses = allowsPrivateAddresses, CallTimeout = TimeSpan.FromMilliseconds(500) } },
        TimeProvider.System).Create(settings, new ProjectId(3));
}
