using System.Text;
using Rondo.HttpApi.Braze;
using Rondo.HttpApi.Mixpanel;

namespace Rondo.HttpApi.Tests.Integrations;

/// <summary>Whatever is pushed, the decoders answer: with what it says, or with why not.</summary>
public sealed class PushDecoderTests
{
    private const string Declaration = """{"partner_api_key":"p","client_secret":"s","cohort_id":"42","name":"High spenders","created_at":"2020-06-10T19:41:45.000Z"}""";
    private const string Changes = """{"partner_api_key":"p","client_secret":"s","cohort_id":"42","cohort_changes":[{"user_ids":["a","\ud83d\ude00"],"device_ids":["d"],"aliases":[{"alias_name":"n","alias_label":"l"}]},{"user_ids":["b"],"should_remove":true}]}""";
    private const string Push = """{"action":"members","parameters":{"mixpanel_cohort_name":"Power users","mixpanel_cohort_id":"456","mixpanel_session_id":"s","page_info":{"total_pages":10,"page_count":6},"members":[{"mixpanel_distinct_id":"U1","email":"a@b.c"},{"mixpanel_distinct_id":"$device:d"}]}}""";
    private static readonly string[] Pieces = ["\"", "{", "}", "[", "]", ",", ":", "null", "true", "-1", "1e999", "\\ud800", "\u0000", "\"cohort_id\":", "\"members\":", "99999999999999999999", "[[[[[[[[", "\ufeff"];

    [Fact]
    public void Broken_and_twisted_bodies_never_throw()
    {
        var random = new Random(20261124);
        foreach (var seed in new[] { Declaration, Changes, Push })
        {
            for (var attempt = 0; attempt < 20_000; attempt++)
            {
                var body = Twisted(seed, random);
                PartnerCohortRequest.ReadDeclaration(body);
                var changes = PartnerCohortRequest.ReadChanges(body);
                (changes is null || changes.Refusal is null || changes.Changes.Count == 0).ShouldBeTrue("what is refused changes nobody");
                var push = CohortPushRequest.Read(body);
                (push.Refusal is null).ShouldBe(push.CohortId.Length > 0, "a push is taken with its cohort or refused with a reason");
            }
        }
    }

    [Fact]
    public void At_most_a_thousand_ids_of_all_kinds_together_are_taken()
    {
        static string Body(int count) => $$"""{"cohort_id":"c","cohort_changes":[{"user_ids":[{{string.Join(',', Enumerable.Range(0, count - 2).Select(id => $"\"{id}\""))}}],"device_ids":["d"]},{"aliases":[{"alias_name":"n","alias_label":"l"}]}]}""";
        PartnerCohortRequest.ReadChanges(Encoding.UTF8.GetBytes(Body(1000)))!.Refusal.ShouldBeNull();
        PartnerCohortRequest.ReadChanges(Encoding.UTF8.GetBytes(Body(1001)))!.Refusal.ShouldBe("Only 1,000 `user_ids`, `device_ids`, and `aliases` are allowed per request");
    }

    private static byte[] Twisted(string seed, Random random)
    {
        var bytes = Encoding.UTF8.GetBytes(seed).ToList();
        for (var change = random.Next(1, 5); change > 0; change--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 12), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 30), bytes.Count - at)));
                    break;
            }

            if (bytes.Count == 0)
            {
                bytes.Add((byte)'{');
            }
        }

        return [.. bytes];
    }
}
