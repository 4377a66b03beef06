using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Rondo.MusicFinder.People;

/// <summary>A message that reached one of the simulated devices or inboxes.</summary>
/// <param name="DistinctId">Whose.</param>
/// <param name="IsPush">A push; otherwise an e-mail.</param>
/// <param name="Body">Text of a push, markup of an e-mail.</param>
/// <param name="Link">What a tap opens.</param>
/// <param name="Data">What the app reports back when it is tapped.</param>
public sealed record ReceivedMessage(string DistinctId, bool IsPush, string Body, string Link, IReadOnlyDictionary<string, string> Data);

/// <summary>
/// The people of Music Finder as they are now: they listen a little all the time, and react to messages that the server
/// really sends. They speak to the server as every app does: the public /track, the pixel and the links of an e-mail.
/// </summary>
/// <param name="http">Its base address is the server.</param>
/// <param name="token">The project's public token.</param>
/// <param name="company">Who they are.</param>
/// <param name="time">The clock.</param>
public sealed partial class LivePeople(HttpClient http, string token, Company company, TimeProvider time)
{
    private const double OpenRate = 0.45;
    private static readonly Dictionary<string, string> NoData = [];
    private static readonly TimeSpan BetweenStrolls = TimeSpan.FromSeconds(4);
    private readonly Dictionary<string, Listener> _byId = company.People.ToDictionary(listener => listener.UserId, StringComparer.Ordinal);

    /// <summary>Somebody listens every few seconds, until cancelled.</summary>
    public async Task ListenAsync(CancellationToken cancellationToken)
    {
        for (var turn = 0; !cancellationToken.IsCancellationRequested; turn++)
        {
            await Task.Delay(BetweenStrolls, time, cancellationToken);
            var chance = new Chance(company.Options.Seed, turn, "stroll");
            var listener = chance.Pick(company.People);
            if (!Population.CollapsingSources.Contains(listener.Source))
            {
                await TrackAsync(listener, [Names.ViewHomepage, Names.PlaySong], NoData, chance, cancellationToken);
            }
        }
    }

    /// <summary>One person notices a message, or not, and does something about it.</summary>
    public async Task ReactAsync(ReceivedMessage message, CancellationToken cancellationToken)
    {
        if (!_byId.TryGetValue(message.DistinctId, out var listener))
        {
            return;
        }

        var chance = new Chance(company.Options.Seed, listener.Number, $"message {message.Data.GetValueOrDefault("dispatch_id")}");
        if (!chance.Happens(OpenRate))
        {
            return;
        }

        await Task.Delay(TimeSpan.FromMilliseconds(chance.Between(400, 5000)), time, cancellationToken);
        if (message.IsPush)
        {
            await TrackAsync(listener, ["Push Notification Open"], message.Data, chance, cancellationToken);
        }
        else if (!await ReadMailAsync(message.Body, chance, cancellationToken))
        {
            return;
        }

        await Task.Delay(TimeSpan.FromMilliseconds(chance.Between(300, 2000)), time, cancellationToken);
        await TrackAsync(listener, Reaction(message.Link, chance), NoData, chance, cancellationToken);
    }

    /// <summary>What follows a tap. The pricing link is broken, as in story 3: most people end up on the home page.</summary>
    private static IReadOnlyList<string> Reaction(string link, Chance chance) => link switch
    {
        _ when link.Contains("pricing", StringComparison.OrdinalIgnoreCase) => chance.Happens(0.71) ? [Names.ViewHomepage] : chance.Happens(0.4) ? [Names.ViewPricingPlan, Names.RenewPlan] : [Names.ViewPricingPlan],
        _ when link.Contains("cart", StringComparison.OrdinalIgnoreCase) => chance.Happens(0.25) ? [Names.ViewCart, Names.Checkout] : [Names.ViewCart],
        _ => chance.Happens(0.8) ? [Names.ViewHomepage, Names.PlaySong, Names.PlaySong] : [Names.ViewHomepage],
    };

    /// <summary>Loads the pictures of a mail, as mail programs do, and follows its first link, or not.</summary>
    private async Task<bool> ReadMailAsync(string html, Chance chance, CancellationToken cancellationToken)
    {
        foreach (var picture in Pictures().Matches(html).Select(match => match.Groups[1].Value))
        {
            await VisitAsync(picture, cancellationToken);
        }

        if (!chance.Happens(0.5) || Links().Match(html) is not { Success: true } link)
        {
            return false;
        }

        await VisitAsync(link.Groups[1].Value, cancellationToken);
        return true;
    }

    private async Task VisitAsync(string address, CancellationToken cancellationToken)
    {
        // Only what the server itself serves is visited; where a link leads afterwards is not this program's to load.
        if (Uri.TryCreate(System.Net.WebUtility.HtmlDecode(address), UriKind.Absolute, out var uri) && uri.Authority == http.BaseAddress!.Authority)
        {
            using var reply = await http.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
    }

    private async Task TrackAsync(Listener listener, IReadOnlyList<string> names, IReadOnlyDictionary<string, string> data, Chance chance, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var events = names.Select((name, index) => (JsonNode)new JsonObject
        {
            ["event"] = name,
            ["properties"] = new JsonObject([
                new("token", token),
                new("distinct_id", listener.UserId),
                new("$user_id", listener.UserId),
                new("time", now - (names.Count - 1 - index)),
                new("$insert_id", string.Create(CultureInfo.InvariantCulture, $"live-{now}-{listener.Number}-{index}-{chance.Between(0, 1_000_000)}")),
                new("utm_source", listener.Source),
                new("platform", listener.Platform),
                new("country", listener.Country),
                .. data.Where(item => item.Key != "platform").Select(item => KeyValuePair.Create(item.Key, (JsonNode?)item.Value)),
                .. Details(name, listener, chance),
            ]),
        });
        using var reply = await http.PostAsJsonAsync(new Uri("/track?ip=0", UriKind.Relative), new JsonArray([.. events]), cancellationToken);
        reply.EnsureSuccessStatusCode();
    }

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Details(string name, Listener listener, Chance chance) => name switch
    {
        Names.PlaySong => [new("artist", chance.Pick(Names.Artists)), new("song", chance.Pick(Names.Songs)), new("genre", listener.Genre)],
        Names.Checkout => [new("amount", chance.Between(10, 90))],
        _ => [],
    };

    [GeneratedRegex("<img[^>]*\\ssrc=\"([^\"]+)\"", RegexOptions.IgnoreCase)]
    private static partial Regex Pictures();

    [GeneratedRegex("<a[^>]*\\shref=\"([^\"]+)\"", RegexOptions.IgnoreCase)]
    private static partial Regex Links();
}
