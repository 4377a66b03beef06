using NodaTime;
using Rondo.Analytics.AudienceSync.Destinations;
using Rondo.Analytics.Contracts;
using Rondo.Model.Events;

namespace Rondo.Analytics.Tests.AudienceSync;

public sealed class WebhookDestinationTests : DestinationConformance
{
    internal override async Task<IDestinationUnderTest> CreateAsync() => new UnderTest(await WebhookServer.StartAsync());

    [Fact]
    public async Task A_request_is_as_mixpanel_writes_it()
    {
        await using var server = await WebhookServer.StartAsync();
        await using var webhook = Destinations.Create(new WebhookConnection(server.Address, WebhookServer.User, WebhookServer.Password, ["plan", "missing"]));
        var ann = new SentMember(IdentifierKind.ExternalId, "ann", null, new Dictionary<string, PropertyValue>
        {
            ["$email"] = PropertyValue.Of("ann@example.org"),
            ["$first_name"] = PropertyValue.Of("Ann"),
            ["$phone"] = PropertyValue.Of("+44123"),
            ["plan"] = PropertyValue.Of(7),
            ["secret"] = PropertyValue.Of("not asked for"),
        });
        var page = new MemberPage(12, PageAction.Add, 2, 3, [ann, new SentMember(IdentifierKind.DeviceId, "phone-1", null, null)]);
        (await webhook.SendAsync(Cohort, page, default)).ShouldBeOfType<Taken>();
        server.Requests.ShouldHaveSingleItem().GetRawText().ShouldBe(
            """
            {"action":"add_members","parameters":{"mixpanel_project_id":"3","mixpanel_cohort_name":"Power \u201Cusers\u201D","mixpanel_cohort_id":"abc-1","mixpanel_cohort_description":"Who use it daily","mixpanel_session_id":"12","page_info":{"total_pages":3,"page_count":2},"members":[{"mixpanel_distinct_id":"ann","email":"ann@example.org","first_name":"Ann","phone_number":"\u002B44123","plan":7},{"mixpanel_distinct_id":"$device:phone-1"}]}}
            """);
    }

    [Theory]
    [InlineData(400, "{}", SyncAdvice.ReadAnswer)]
    [InlineData(403, "{}", SyncAdvice.RenewKeys)]
    [InlineData(404, "nothing here", SyncAdvice.CorrectAddress)]
    [InlineData(302, "", SyncAdvice.CorrectAddress)]
    [InlineData(200, """{"action":"add_members","status":"failure","error":{"message":"no such list","code":404}}""", SyncAdvice.CorrectAddress)]
    [InlineData(200, """{"action":"add_members","status":"failure"}""", SyncAdvice.ReadAnswer)]
    public async Task What_cannot_pass_stops_it(int status, string body, SyncAdvice advice)
    {
        await using var server = await WebhookServer.StartAsync();
        await using var webhook = Create(server);
        server.Answers.Enqueue((status, body));
        (await webhook.SendAsync(Cohort, Page(1, PageAction.Add, "ann"), default)).ShouldBeOfType<Stopped>().Advice.ShouldBe(advice);
    }

    [Theory]
    [InlineData(500, "broken")]
    [InlineData(429, "")]
    [InlineData(200, """{"action":"add_members","status":"failure","error":{"message":"later","code":503}}""")]
    public async Task What_may_pass_is_tried_again(int status, string body)
    {
        await using var server = await WebhookServer.StartAsync();
        await using var webhook = Create(server);
        server.Answers.Enqueue((status, body));
        (await webhook.SendAsync(Cohort, Page(1, PageAction.Add, "ann"), default)).ShouldBeOfType<TryAgain>().After.ShouldBe((Duration?)null);
    }

    internal static IAudienceDestination Create(WebhookServer server, string password = WebhookServer.Password) =>
        Destinations.Create(new WebhookConnection(server.Address, WebhookServer.User, password));

    private sealed class UnderTest(WebhookServer server) : IDestinationUnderTest
    {
        public IAudienceDestination Destination { get; } = Create(server);

        public IReadOnlyCollection<string> Violations => server.Violations;

        public IAudienceDestination? WithWrongKeys() => Create(server, "wrong-key");

        public IReadOnlyCollection<string> Held(string cohort) => server.MembersOf(cohort);

        public bool BeBusy()
        {
            server.Answers.Enqueue((503, "{}"));
            return true;
        }

        public async ValueTask DisposeAsync()
        {
            await Destination.DisposeAsync();
            await server.DisposeAsync();
        }
    }
}
