using System.Text.RegularExpressions;
using Rondo.Analytics.Contracts;
using Rondo.Model.Queries;

namespace Rondo.Analytics.AudienceSync;

/// <summary>Says what is wrong with a connection; a refusal never repeats a key.</summary>
internal static partial class ConnectionProblems
{
    private const int MaximumNameLength = 200;
    private const int MostEventsPerRequest = 10_000;

    public static IEnumerable<Problem> Of(string? name, ConnectionSettings? settings)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaximumNameLength)
        {
            yield return new Problem("name", $"must be 1 to {MaximumNameLength} characters");
        }

        foreach (var problem in OfSettings(settings))
        {
            yield return problem;
        }
    }

    /// <summary>Whether a text can stand in a path and name a folder.</summary>
    public static bool IsPlain(string? value) => value is not null && PlainName().IsMatch(value);

    private static IEnumerable<Problem> OfSettings(ConnectionSettings? settings) => settings switch
    {
        null => [new Problem("settings", "is required")],
        BrazeConnection braze => Given(
            Address("settings.endpoint", braze.Endpoint),
            Required("settings.dataImportKey", braze.DataImportKey, "make one in Braze under Partner Integrations"),
            Required("settings.partnerApiKey", braze.PartnerApiKey, "Braze gives it to partners"),
            Plain("settings.partner", braze.Partner)),
        WebhookConnection webhook => Given(
            Address("settings.url", webhook.Url),
            webhook.User is null && webhook.Password is not null ? new Problem("settings.user", "is required with a password") : null,
            webhook.User?.Contains(':', StringComparison.Ordinal) == true ? new Problem("settings.user", "must not contain a colon") : null,
            webhook.Properties?.Any(string.IsNullOrWhiteSpace) == true ? new Problem("settings.properties", "must be names of profile properties") : null),
        FolderConnection folder => Given(Plain("settings.folder", folder.Folder)),
        BucketConnection bucket => Given(
            Address("settings.endpoint", bucket.Endpoint),
            Required("settings.region", bucket.Region, "such as us-east-1"),
            Required("settings.bucket", bucket.Bucket, "the name of the bucket"),
            Required("settings.accessKey", bucket.AccessKey, "the id of the key"),
            Required("settings.secretKey", bucket.SecretKey, "the key itself")),
        CurrentsConnection currents => Given(
            Address("settings.url", currents.Url),
            currents.EventsPerRequest is < 1 or > MostEventsPerRequest ? new Problem("settings.eventsPerRequest", $"must be 1 to {MostEventsPerRequest}") : null),
        MixpanelConnection mixpanel => Given(
            Address("settings.endpoint", mixpanel.Endpoint),
            Required("settings.token", mixpanel.Token, "the token of the project, under Project Settings in Mixpanel"),
            mixpanel.ServiceAccount is not null ? Required("settings.secret", mixpanel.Secret, "that of the service account") : null,
            mixpanel.ServiceAccount is not null ? Required("settings.remoteProject", mixpanel.RemoteProject, "a service account may serve several projects") : null,
            mixpanel.ServiceAccount?.Contains(':', StringComparison.Ordinal) == true ? new Problem("settings.serviceAccount", "must not contain a colon") : null,
            mixpanel.RemoteProject?.All(char.IsAsciiDigit) == false ? new Problem("settings.remoteProject", "must be a number") : null),
        _ => throw new InvalidOperationException($"{settings.GetType().Name} is not a kind of connection."),
    };

    private static IEnumerable<Problem> Given(params IEnumerable<Problem?> problems) => problems.OfType<Problem>();

    private static Problem? Required(string field, string? value, string hint) =>
        string.IsNullOrWhiteSpace(value) ? new Problem(field, $"is required: {hint}") : null;

    private static Problem? Address(string field, string? value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" && address.UserInfo.Length == 0
            ? null
            : new Problem(field, "must be an absolute http or https address without a user in it");

    private static Problem? Plain(string field, string? value) =>
        IsPlain(value) ? null : new Problem(field, "must be 1 to 64 letters, digits, - or _");

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}$", RegexOptions.CultureInvariant)]
    private static partial Regex PlainName();
}
