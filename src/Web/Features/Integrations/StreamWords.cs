using Microsoft.Extensions.Localization;
using Rondo.Analytics.Contracts;
using Rondo.Web.Components;
using Rondo.Web.Resources;

namespace Rondo.Web.Features.Integrations;

/// <summary>Streams in words.</summary>
internal static class StreamWords
{
    /// <summary>The families that are offered, and what people call them.</summary>
    public static IReadOnlyList<(string Family, string Title)> FamiliesIn(IStringLocalizer<Words> words) =>
    [
        ("users.messages.pushnotification.*", words["Push"]),
        ("users.messages.email.*", words["Email"]),
        ("users.messages.inappmessage.*", words["In-app messages"]),
        ("users.messages.contentcard.*", words["Content cards"]),
        ("users.messages.sms.*", "SMS"),
        ("users.messages.whatsapp.*", "WhatsApp"),
        ("users.messages.line.*", "LINE"),
        ("users.messages.rcs.*", "RCS"),
        ("users.messages.webhook.*", words["Webhooks"]),
        ("users.messages.banner.*", words["Banners"]),
        ("users.messages.liveactivity.*", words["Live activities"]),
        ("users.messages.newsfeedcard.*", words["News feed"]),
        ("users.messages.featureflag.*", words["Feature flags"]),
        ("users.campaigns.*", words["Campaigns"]),
        ("users.canvas.*", words["Canvases"]),
        ("users.canvasstep.*", words["Steps of canvases"]),
        ("users.behaviors.*", words["What people do (as Braze tells it)"]),
        ("agentconsole.*", words["Agents"]),
    ];

    public static (string Look, string Title) StateOf(EventStream stream, IStringLocalizer<Words> words) => stream switch
    {
        { State: StreamState.Paused } => (string.Empty, words["Paused"]),
        { State: StreamState.Halted } => ("bad", words["Halted"]),
        { Trouble: not null } => ("warn", words["Trying again"]),
        { Backfill.IsDone: false } => ("accent", words["Sending the past"]),
        { Lag.Events: > 0 } => ("accent", words["Sending"]),
        _ => ("good", words["In step"]),
    };

    public static string AdviceOf(SyncAdvice advice, IStringLocalizer<Words> words) => advice switch
    {
        SyncAdvice.Wait => words["Nothing to do: it is tried again by itself, and the events wait."],
        SyncAdvice.RenewKeys => words["The other side does not accept the keys. Put new ones into the connection; the stream then goes on where it was."],
        SyncAdvice.CorrectAddress => words["Nothing at this address takes events. Correct the connection; the stream then goes on where it was."],
        SyncAdvice.ReadAnswer => words["The other side refuses event after event. Its answer says why. When that is mended, or the events may be passed over, resume."],
        SyncAdvice.AllowAddress => words["The address lies in a private network. Whoever runs this server can allow that with --allow-private-addresses."],
        _ => words["Somebody paused it. Resume when ready."],
    };

    public static string LagOf(StreamLag lag, IStringLocalizer<Words> words) => lag.Events == 0
        ? words["Nothing waits"]
        : words["{0} events, {1}", Figures.Count(lag.Events) + (lag.IsAtLeast ? "+" : string.Empty), Figures.Length(lag.Behind.TotalSeconds)];

    /// <summary>What is chosen, in a line.</summary>
    public static string ChoiceOf(EventChoice choice, IStringLocalizer<Words> words)
    {
        var families = FamiliesIn(words).ToDictionary(family => family.Family, family => family.Title);
        var parts = (choice.Types ?? []).Select(type => type == EventChoice.All ? words["All message events"].Value
            : type == "users.messages.*" ? words["Messages on every channel"].Value
            : families.GetValueOrDefault(type) ?? CurrentsCatalogue.Find(type)?.EventName ?? type).ToList();
        parts.AddRange((choice.ProductEvents ?? []).Select(name => name == EventChoice.All ? words["All product events"].Value : name));
        return string.Join(" · ", parts);
    }
}
