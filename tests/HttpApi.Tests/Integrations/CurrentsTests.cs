using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Rondo.Analytics.Contracts;
using Rondo.HttpApi.Braze;
using Rondo.HttpApi.Tests.Hosting;
using Rondo.Model.Events;

namespace Rondo.HttpApi.Tests.Integrations;

/// <summary>A real Braze streams its events in, as its custom HTTP connector does.</summary>
public sealed class CurrentsTests(SharedServer shared)
{
    private const long Noon = 1773144000;
    private static readonly string[] Times = ["time_ms", "push_token_created_at", "push_token_updated_at", "http_status_code", "content_length", "retry_count", "webhook_duration", "attempt_count", "conversion_behavior_index", "ios_push_token_apns_gateway"];

    [Fact]
    public async Task All_93_types_come_in_with_every_field_under_the_documented_names()
    {
        CurrentsCatalogue.All.Count.ShouldBe(93);
        var (client, currents, _) = await ProjectAsync("All of Currents");
        var events = new JsonArray([.. CurrentsCatalogue.All.Select(SampleOf)]);
        (await SendAsync(currents, new JsonObject { ["events"] = events })).ShouldBe((200, """{"message":"success"}"""));

        // At least once: the same batch again counts nothing twice.
        (await SendAsync(currents, new JsonObject { ["events"] = events.DeepClone() })).Status.ShouldBe(200);
        var stored = (await client.GetJsonAsync("/api/v1/events/latest?limit=1000")).EnumerateArray().ToList();
        stored.Select(one => one.GetProperty("event").GetString()).Order(StringComparer.Ordinal)
            .ShouldBe(CurrentsCatalogue.All.Select(type => type.Type == CurrentsCatalogue.CustomEvent ? "[Braze Custom Event] Rated" : type.EventName).Order(StringComparer.Ordinal));
        foreach (var type in CurrentsCatalogue.All.Where(type => type.Type != CurrentsCatalogue.CustomEvent))
        {
            var names = stored.Single(one => one.GetProperty("event").GetString() == type.EventName).GetProperty("properties").EnumerateObject().Select(property => property.Name).ToHashSet();
            type.Fields.Select(Renamed).Where(field => !names.Contains(field)).ShouldBeEmpty(type.Type);
        }

        var custom = stored.Single(one => one.GetProperty("event").GetString() == "[Braze Custom Event] Rated").GetProperty("properties");
        custom.GetProperty("[Custom event property] stars").GetInt32().ShouldBe(5);
        custom.GetProperty("$partner_id").GetString().ShouldBe("braze");
    }

    [Fact]
    public async Task A_funnel_and_a_flow_go_from_brazes_push_to_what_people_do_in_the_app()
    {
        var (client, currents, token) = await ProjectAsync("Push to checkout");
        var opens = Enumerable.Range(0, 10).Select(number => (JsonNode)OpenOf($"user-{number}", Noon + number, $"open-{number}"));
        (await SendAsync(currents, new JsonObject { ["events"] = new JsonArray([.. opens]) })).Status.ShouldBe(200);
        var checkouts = string.Join(',', Enumerable.Range(0, 4).Select(number => $$"""{"event":"Checkout","properties":{"token":"{{token}}","distinct_id":"user-{{number}}","time":{{Noon + 60}} } }"""));
        await client.PostJsonAsync("/track?verbose=1", $"[{checkouts}]");

        var funnel = await client.PostJsonAsync("/api/v1/reports/funnel", """{"steps":[{"event":"Push Notification Open"},{"event":"Checkout"}],"window":{"count":1,"unit":"session"},"range":{"kind":"between","from":"2026-03-09","to":"2026-03-10"}}""");
        funnel.GetProperty("result").GetProperty("segments")[0].GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("count").GetInt32()).ShouldBe([10, 4], funnel.GetRawText());
        var flow = await client.PostJsonAsync("/api/v1/reports/flow", """{"anchor":{"event":"Push Notification Open"},"stepsAfter":1,"range":{"kind":"between","from":"2026-03-09","to":"2026-03-10"}}""");
        flow.GetRawText().ShouldContain("Checkout");
    }

    [Fact]
    public void What_braze_does_by_itself_is_nobodys_act_and_starts_no_session()
    {
        // Everything else is something that a person did, or saw in the app.
        var acts = CurrentsCatalogue.All.Where(type => type.Type.Split('.') switch
        {
            ["users", "behaviors", "CustomEvent" or "Purchase" or "Location" or "InstallAttribution" or "Uninstall"] => true,
            ["users", "behaviors", "app", _] => true,
            [.., "Click" or "Impression" or "Dismiss" or "Read" or "InboundReceive" or "IosForeground" or "ShortLinkClick"] => true,
            ["users", "messages", "pushnotification", "Open"] => true,
            _ => false,
        }).Select(type => type.EventName).ToHashSet();
        CurrentsCatalogue.All.Where(type => acts.Contains(type.EventName) == WellKnownEvents.OutsideSessions.Contains(type.EventName)).Select(type => type.Type).ShouldBeEmpty();
    }

    [Fact]
    public async Task Campaigns_known_from_events_alone_are_listed_and_reported_through_the_api()
    {
        var (client, currents, token) = await ProjectAsync("Received campaigns");
        (await SendAsync(currents, new JsonObject { ["events"] = new JsonArray(SendOf("ann"), SendOf("bob"), OpenOf("ann", Noon + 5, "open")) })).Status.ShouldBe(200);
        await client.PostJsonAsync("/track?verbose=1", $$"""[{"event":"Checkout","properties":{"token":"{{token}}","distinct_id":"ann","time":{{Noon + 60}} } },{"event":"Checkout","properties":{"token":"{{token}}","distinct_id":"bob","time":{{Noon + 86400}} } }]""");
        const string Range = """{"kind":"between","from":"2026-03-09","to":"2026-03-12"}""";
        var campaign = (await client.PostJsonAsync("/api/v1/received-campaigns", $$"""{"range":{{Range}} }""")).GetProperty("campaigns").EnumerateArray().ShouldHaveSingleItem();
        campaign.GetProperty("name").GetString().ShouldBe("Come back");
        campaign.GetProperty("channels").GetRawText().ShouldBe("""["push"]""");
        var results = await client.PostJsonAsync("/api/v1/received-campaigns/campaign/c1/results", $$"""{"range":{{Range}},"goal":{"event":"Checkout"} }""");
        var effects = results.GetProperty("effects");
        (effects.GetProperty("influenced").GetProperty("count").GetInt32(), effects.GetProperty("direct").GetProperty("count").GetInt32()).ShouldBe((2, 1), results.GetRawText());
        using var point = new StringContent(effects.GetProperty("direct").GetProperty("point").GetRawText(), Encoding.UTF8, "application/json");
        using var people = await client.PostAsync(new Uri("/api/v1/reports/people", UriKind.Relative), point);
        (await people.Content.ReadAsStringAsync()).ShouldContain("\"ann\"");
        (await client.PostJsonAsync("/api/v1/received-campaigns/campaign/c1/results", """{"range":{"kind":"last","count":0,"unit":"day"}}""")).GetProperty("problems")[0].GetProperty("field").GetString().ShouldBe("range");
        using var unknown = new StringContent("{}");
        using var reply = await client.PostAsync(new Uri("/api/v1/received-campaigns/pigeon/c1/results", UriKind.Relative), unknown);
        ((int)reply.StatusCode).ShouldBe(404);
    }

    [Fact]
    public async Task Somebody_without_an_id_of_the_customers_is_anonymous()
    {
        var (client, currents, _) = await ProjectAsync("Anonymous in Currents");
        var withDevice = OpenOf(null, Noon, "one");
        var without = OpenOf(null, Noon, "two");
        without["user"]!.AsObject().Remove("device_id");
        await SendAsync(currents, new JsonObject { ["events"] = new JsonArray(withDevice, without) });
        (await client.GetJsonAsync("/api/v1/events/latest?limit=10")).EnumerateArray().Select(one => one.GetProperty("distinctId").GetString()).Order(StringComparer.Ordinal)
            .ShouldBe(["$device:braze-1", "$device:phone-1"]);
    }

    [Fact]
    public async Task A_type_that_is_newer_than_the_table_is_taken()
    {
        var (client, currents, _) = await ProjectAsync("Newer than the table");
        var newer = OpenOf("ann", Noon, "one");
        newer["event_type"] = "users.messages.hologram.FirstGlance";
        (await SendAsync(currents, new JsonObject { ["events"] = new JsonArray(newer) })).Status.ShouldBe(200);
        (await client.GetJsonAsync("/api/v1/events/latest?limit=10"))[0].GetProperty("event").GetString().ShouldBe("Hologram First Glance");
    }

    [Theory]
    [InlineData("[]", 400, """{"message":"the body must be a JSON object with a list of events"}""")]
    [InlineData("{", 400, """{"message":"the body must be a JSON object with a list of events"}""")]
    [InlineData("""{"events":{}}""", 400, """{"message":"the body must be a JSON object with a list of events"}""")]
    [InlineData("""{"events":[]}""", 200, """{"message":"success"}""")]
    [InlineData("""{"events":[7]}""", 400, """{"message":"some events cannot be taken","refused":[{"index":0,"message":"must be an object"}]}""")]
    [InlineData("""{"events":[{"id":"1","time":1,"user":{"user_id":"b"}}]}""", 400, """{"message":"some events cannot be taken","refused":[{"index":0,"message":"event_type must be a text that is not empty"}]}""")]
    [InlineData("""{"events":[{"event_type":"x.Y","time":1,"user":{"user_id":"b"}}]}""", 400, """{"message":"some events cannot be taken","refused":[{"index":0,"message":"id must be a text of 1 to 255 characters"}]}""")]
    [InlineData("""{"events":[{"event_type":"x.Y","id":"1","time":"now","user":{"user_id":"b"}}]}""", 400, """{"message":"some events cannot be taken","refused":[{"index":0,"message":"time must be seconds since 1970"}]}""")]
    [InlineData("""{"events":[{"event_type":"x.Y","id":"1","time":1}]}""", 400, """{"message":"some events cannot be taken","refused":[{"index":0,"message":"user.user_id must be a text that is not empty"}]}""")]
    [InlineData("""{"events":[{"event_type":"x.Y","id":"1","time":1,"user":{"user_id":"b"},"properties":[]}]}""", 400, """{"message":"some events cannot be taken","refused":[{"index":0,"message":"properties must be an object"}]}""")]
    [InlineData("""{"events":[{"event_type":"users.behaviors.CustomEvent","id":"1","time":1,"user":{"user_id":"b"},"properties":{}}]}""", 400, """{"message":"some events cannot be taken","refused":[{"index":0,"message":"properties.name must be a text that is not empty"}]}""")]
    public async Task A_batch_is_answered_so_that_the_sender_does_the_right_thing(string body, int status, string reply)
    {
        var (_, currents, _) = await ProjectAsync(Guid.NewGuid().ToString("n"));
        (await SendAsync(currents, body)).ShouldBe((status, reply));
    }

    [Fact]
    public async Task Nothing_of_a_batch_with_a_bad_event_is_kept_and_the_good_one_comes_alone()
    {
        var (client, currents, _) = await ProjectAsync("One bad event");
        var batch = new JsonObject { ["events"] = new JsonArray(OpenOf("ann", Noon, "one"), new JsonObject { ["event_type"] = "users.canvas.Entry" }) };
        (await SendAsync(currents, batch)).Status.ShouldBe(400);
        (await client.GetJsonAsync("/api/v1/events/latest?limit=10")).GetArrayLength().ShouldBe(0);
        (await SendAsync(currents, new JsonObject { ["events"] = new JsonArray(OpenOf("ann", Noon, "one")) })).Status.ShouldBe(200);
        (await client.GetJsonAsync("/api/v1/events/latest?limit=10")).GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task A_key_says_when_events_last_came_with_it()
    {
        var (client, currents, _) = await ProjectAsync("Used by Currents");
        (await client.GetJsonAsync("/api/v1/receiving-keys"))[0].TryGetProperty("lastUsedAt", out _).ShouldBeFalse();
        await SendAsync(currents, """{"events":[]}""");
        (await client.GetJsonAsync("/api/v1/receiving-keys"))[0].TryGetProperty("lastUsedAt", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task A_wrong_token_is_refused()
    {
        using var client = shared.Server.Client("nothing");
        (await SendAsync(client, """{"events":[]}""")).ShouldBe((401, """{"message":"Invalid token"}"""));
    }

    [Fact]
    public void Broken_and_twisted_batches_never_throw()
    {
        var random = new Random(20261124);
        var seed = new JsonObject { ["events"] = new JsonArray([.. CurrentsCatalogue.All.Take(6).Select(SampleOf)]) }.ToJsonString();
        for (var attempt = 0; attempt < 20_000; attempt++)
        {
            var body = Encoding.UTF8.GetBytes(seed);
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                body[random.Next(body.Length)] = (byte)"\"{}[],:0-e\\u\0x"[random.Next(13)];
            }

            CurrentsRequest.Read(random.Next(3) == 0 ? body.AsMemory(0, random.Next(body.Length)) : body);
        }
    }

    private static JsonNode SampleOf(CurrentsType type, int index)
    {
        var user = new JsonObject { ["user_id"] = "braze-1", ["external_user_id"] = "user_id" };
        foreach (var field in type.UserFields)
        {
            user[field] = field == "device_id" ? "phone-1" : "America/Chicago";
        }

        var properties = new JsonObject();
        foreach (var field in type.Fields)
        {
            properties[field] = ValueOf(field);
        }

        return new JsonObject { ["event_type"] = type.Type, ["id"] = $"a3e2b40c-0000-4000-8000-{index:d12}", ["time"] = Noon, ["user"] = user, ["properties"] = properties };
    }

    private static JsonNode ValueOf(string field) => field switch
    {
        "custom_properties" or "purchase_properties" => new JsonObject { ["stars"] = 5 },
        "name" => "Rated",
        "media_urls" or "suspected_bot_click_reason" => new JsonArray("one", "two"),
        "price" or "latitude" or "longitude" or "altitude" or "ll_accuracy" or "alt_accuracy" or "duration" => 1.5,
        _ when Times.Contains(field) => 2,
        _ when field.StartsWith("is_", StringComparison.Ordinal) || field is "in_control_group" or "ad_tracking_enabled" => true,
        _ => "some " + field,
    };

    private static string Renamed(string field) => field switch
    {
        "device_model" => "$device",
        "os_version" => "$os",
        "custom_properties" => "[Custom event property] stars",
        "purchase_properties" => "[Purchase property] stars",
        _ => field,
    };

    private static JsonObject SendOf(string externalId)
    {
        var send = OpenOf(externalId, Noon, "send-" + externalId);
        send["event_type"] = "users.messages.pushnotification.Send";
        return send;
    }

    private static JsonObject OpenOf(string? externalId, long time, string id)
    {
        var user = new JsonObject { ["user_id"] = "braze-1", ["device_id"] = "phone-1" };
        if (externalId is not null)
        {
            user["external_user_id"] = externalId;
        }

        return new JsonObject
        {
            ["event_type"] = "users.messages.pushnotification.Open",
            ["id"] = id,
            ["time"] = time,
            ["user"] = user,
            ["properties"] = new JsonObject { ["campaign_id"] = "c1", ["campaign_name"] = "Come back", ["platform"] = "ios" },
        };
    }

    private async Task<(HttpClient Client, HttpClient Currents, string Token)> ProjectAsync(string name)
    {
        var keys = await shared.Server.CreateProjectAsync(name);
        var receiving = await shared.Server.Services.GetRequiredService<IReceivedCohorts>().CreateKeyAsync(keys.Project.Id, "Braze", "braze", null, CancellationToken.None);
        return (shared.Server.Client(keys.RestKey), shared.Server.Client(receiving.Value!.Secret), keys.Project.Token);
    }

    private static Task<(int Status, string Body)> SendAsync(HttpClient client, JsonNode body) => SendAsync(client, body.ToJsonString());

    private static async Task<(int Status, string Body)> SendAsync(HttpClient client, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        content.Headers.Add("Braze-Currents-Version", "1");
        using var reply = await client.PostAsync(new Uri("/currents", UriKind.Relative), content);
        return ((int)reply.StatusCode, await reply.Content.ReadAsStringAsync());
    }
}
