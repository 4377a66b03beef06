using Microsoft.Extensions.Localization;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Web.Resources;

namespace Rondo.Web.Components.Exports;

/// <summary>Connections and syncs in words.</summary>
internal static class SyncWords
{
    /// <summary>Intervals that are offered.</summary>
    public static IReadOnlyList<Duration> Intervals { get; } =
    [
        Duration.FromSeconds(1), Duration.FromMinutes(15), Duration.FromMinutes(30), Duration.FromHours(1), Duration.FromHours(2), Duration.FromHours(6), Duration.FromDays(1), Duration.FromDays(7),
    ];

    public static string KindOf(ConnectionSettings settings, IStringLocalizer<Words> words) => settings switch
    {
        BrazeConnection => "Braze",
        WebhookConnection => words["Webhook"],
        FolderConnection => words["Files on the server"],
        CurrentsConnection => words["HTTP (Currents)"],
        MixpanelConnection => "Mixpanel",
        _ => words["Bucket (S3)"],
    };

    public static string PlaceOf(ConnectionSettings settings) => settings switch
    {
        BrazeConnection braze => BrazeInstances.All.FirstOrDefault(instance => instance.Endpoint == braze.Endpoint).Name ?? braze.Endpoint,
        WebhookConnection webhook => webhook.Url,
        FolderConnection folder => $"exports/…/{folder.Folder}",
        BucketConnection bucket => $"{bucket.Endpoint}/{bucket.Bucket}",
        CurrentsConnection currents => currents.Url,
        MixpanelConnection mixpanel => MixpanelRegions.All.FirstOrDefault(region => region.Endpoint == mixpanel.Endpoint).Name ?? mixpanel.Endpoint,
        _ => throw new InvalidOperationException($"{settings.GetType().Name} is not a kind of connection."),
    };

    public static string IntervalOf(Duration? interval, IStringLocalizer<Words> words) => interval switch
    {
        null => words["Once"],
        { TotalSeconds: < 60 } => words["Live"],
        { } every => words["Every {0}", Figures.Length(every.TotalSeconds)],
    };

    public static (string Look, string Title) StateOf(CohortSync sync, IStringLocalizer<Words> words) => sync switch
    {
        { State: SyncState.Paused } => ("bad", words["Paused"]),
        { State: SyncState.Leaving } => ("warn", words["Ending"]),
        { State: SyncState.Finished } => (string.Empty, words["Done"]),
        { Trouble: not null } => ("warn", words["Trying again"]),
        { LastCompletedAt: null } => ("accent", words["Sending"]),
        { Counts.Waiting: > 0 } => ("accent", words["Sending"]),
        _ => ("good", words["In step"]),
    };

    public static string AdviceOf(SyncAdvice advice, IStringLocalizer<Words> words) => advice switch
    {
        SyncAdvice.Wait => words["Nothing to do: it is tried again by itself."],
        SyncAdvice.RenewKeys => words["The other side does not accept the keys. Make new ones there and put them into the connection; the sync then goes on where it was."],
        SyncAdvice.CorrectAddress => words["Nothing at this address takes cohorts. Correct the connection; the sync then goes on where it was."],
        SyncAdvice.ReadAnswer => words["The other side refuses what it is sent. Its answer says why; resume when that is mended."],
        SyncAdvice.RemoveSync => words["The cohort does not exist any more. Remove this sync."],
        SyncAdvice.AllowAddress => words["The address lies in a private network. Whoever runs this server can allow that with --allow-private-addresses."],
        _ => words["Somebody paused it. Resume when ready."],
    };

    public static string MappingOf(IdentityMapping mapping, IStringLocalizer<Words> words) => mapping switch
    {
        { Kind: IdentifierKind.Alias } => words["alias “{0}” from {1}", mapping.AliasLabel ?? string.Empty, mapping.Property ?? "distinct_id"],
        { Kind: IdentifierKind.DeviceId } => words["device id from {0}", mapping.Property ?? "distinct_id"],
        { IncludesDevices: true } => words["external id from {0}, devices by their own", "distinct_id"],
        _ => words["external id from {0}", mapping.Property ?? "distinct_id"],
    };
}
