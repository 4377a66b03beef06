using System.Text.Json.Serialization;
using NodaTime;
using Rondo.Model;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Contracts;

/// <summary>Names a connection within its server; a positive number. The default (0) names none.</summary>
public readonly record struct ConnectionId(int Value)
{
    /// <summary>The number.</summary>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>
/// Where audiences or events can be sent and with which keys. Keys go in and never come out: what is read back has null in their
/// places, and a null that is sent in keeps the stored key.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(BrazeConnection), "braze")]
[JsonDerivedType(typeof(WebhookConnection), "webhook")]
[JsonDerivedType(typeof(FolderConnection), "folder")]
[JsonDerivedType(typeof(BucketConnection), "bucket")]
[JsonDerivedType(typeof(CurrentsConnection), "currents")]
[JsonDerivedType(typeof(MixpanelConnection), "mixpanel")]
public abstract record ConnectionSettings
{
    /// <summary>Whether cohorts can be sent there.</summary>
    [JsonIgnore]
    public bool TakesAudiences => this is not (CurrentsConnection or MixpanelConnection);

    /// <summary>Whether events can be streamed there.</summary>
    [JsonIgnore]
    public bool TakesEvents => this is CurrentsConnection or MixpanelConnection || TakesFiles;

    /// <summary>Whether what is sent there are files.</summary>
    [JsonIgnore]
    public bool TakesFiles => this is FolderConnection or BucketConnection;

    /// <summary>The keys by name, those that are missing left out.</summary>
    [JsonIgnore]
    internal abstract IReadOnlyDictionary<string, string> Secrets { get; }

    /// <summary>The same settings with these keys and no others.</summary>
    internal abstract ConnectionSettings With(IReadOnlyDictionary<string, string> secrets);

    private protected static IReadOnlyDictionary<string, string> Given(params ReadOnlySpan<(string Name, string? Value)> secrets)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in secrets)
        {
            if (!string.IsNullOrEmpty(value))
            {
                given.Add(name, value);
            }
        }

        return given;
    }
}

/// <summary>A workspace of Braze, reached through its cohort import for partners (Braze reference, 2).</summary>
/// <param name="Endpoint">The REST endpoint of its instance, such as <c>https://rest.iad-01.braze.com</c>; see <see cref="BrazeInstances"/>.</param>
/// <param name="DataImportKey">The customer's key, made in Braze under Partner Integrations; required at first.</param>
/// <param name="PartnerApiKey">The key that Braze gave the partner; required at first.</param>
/// <param name="Partner">The partner's name in Braze's paths. Default <c>mixpanel</c>.</param>
public sealed record BrazeConnection(string Endpoint, string? DataImportKey = null, string? PartnerApiKey = null, string Partner = "mixpanel") : ConnectionSettings
{
    internal override IReadOnlyDictionary<string, string> Secrets => Given((nameof(DataImportKey), DataImportKey), (nameof(PartnerApiKey), PartnerApiKey));

    internal override ConnectionSettings With(IReadOnlyDictionary<string, string> secrets) =>
        this with { DataImportKey = secrets.GetValueOrDefault(nameof(DataImportKey)), PartnerApiKey = secrets.GetValueOrDefault(nameof(PartnerApiKey)) };
}

/// <summary>Any address that takes Mixpanel's cohort webhook (Mixpanel reference, 5.3).</summary>
/// <param name="Url">Where to post.</param>
/// <param name="User">For HTTP Basic; null for none.</param>
/// <param name="Password">For HTTP Basic.</param>
/// <param name="Properties">Profile properties that are sent beside the usual ones; null for none.</param>
public sealed record WebhookConnection(string Url, string? User = null, string? Password = null, IReadOnlyList<string>? Properties = null) : ConnectionSettings
{
    internal override IReadOnlyDictionary<string, string> Secrets => Given((nameof(Password), Password));

    internal override ConnectionSettings With(IReadOnlyDictionary<string, string> secrets) => this with { Password = secrets.GetValueOrDefault(nameof(Password)) };
}

/// <summary>Files on the server, one JSON object a line, under <c>exports</c> in the data folder.</summary>
/// <param name="Folder">A plain name of letters, digits, <c>-</c> and <c>_</c>.</param>
public sealed record FolderConnection(string Folder) : ConnectionSettings
{
    internal override IReadOnlyDictionary<string, string> Secrets => Given();

    internal override ConnectionSettings With(IReadOnlyDictionary<string, string> secrets) => this;
}

/// <summary>The same files in a bucket of S3 or a store that speaks its language.</summary>
/// <param name="Endpoint">The store's address.</param>
/// <param name="Region">The region that requests are signed for.</param>
/// <param name="Bucket">The bucket's name.</param>
/// <param name="AccessKey">Who signs.</param>
/// <param name="SecretKey">What with; required at first.</param>
/// <param name="Prefix">Stands before every name; null for none.</param>
public sealed record BucketConnection(string Endpoint, string Region, string Bucket, string AccessKey, string? SecretKey = null, string? Prefix = null) : ConnectionSettings
{
    internal override IReadOnlyDictionary<string, string> Secrets => Given((nameof(SecretKey), SecretKey));

    internal override ConnectionSettings With(IReadOnlyDictionary<string, string> secrets) => this with { SecretKey = secrets.GetValueOrDefault(nameof(SecretKey)) };
}

/// <summary>Any address that takes Currents' custom HTTP connector (Braze reference, 3.2); another Rondo is one.</summary>
/// <param name="Url">Where to post.</param>
/// <param name="Token">Sent as a bearer token; null for none.</param>
/// <param name="EventsPerRequest">Most events of one request, 1 to 10,000. Default 1,000.</param>
public sealed record CurrentsConnection(string Url, string? Token = null, int EventsPerRequest = 1000) : ConnectionSettings
{
    internal override IReadOnlyDictionary<string, string> Secrets => Given((nameof(Token), Token));

    internal override ConnectionSettings With(IReadOnlyDictionary<string, string> secrets) => this with { Token = secrets.GetValueOrDefault(nameof(Token)) };
}

/// <summary>A project of Mixpanel, reached through its import (Mixpanel reference, 1.4).</summary>
/// <param name="Endpoint">The address of its region, such as <c>https://api.mixpanel.com</c>; see <see cref="MixpanelRegions"/>.</param>
/// <param name="Token">The project's token, which its apps know too.</param>
/// <param name="Secret">The project's secret, or that of the service account; null sends the token alone.</param>
/// <param name="ServiceAccount">The service account's user name; null for none.</param>
/// <param name="RemoteProject">The project's number at Mixpanel; required with a service account.</param>
public sealed record MixpanelConnection(string Endpoint, string Token, string? Secret = null, string? ServiceAccount = null, string? RemoteProject = null) : ConnectionSettings
{
    internal override IReadOnlyDictionary<string, string> Secrets => Given((nameof(Secret), Secret));

    internal override ConnectionSettings With(IReadOnlyDictionary<string, string> secrets) => this with { Secret = secrets.GetValueOrDefault(nameof(Secret)) };
}

/// <summary>The regions of Mixpanel and where they take events (Mixpanel reference, 1.1).</summary>
public static class MixpanelRegions
{
    /// <summary>By name.</summary>
    public static IReadOnlyList<(string Name, string Endpoint)> All { get; } =
        [("US", "https://api.mixpanel.com"), ("EU", "https://api-eu.mixpanel.com"), ("IN", "https://api-in.mixpanel.com")];
}

/// <summary>A place that audiences or events can be sent to.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">Unique within the project.</param>
/// <param name="Settings">Where it is, without keys.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record Connection(ConnectionId Id, string Name, ConnectionSettings Settings, Instant CreatedAt);

/// <summary>What a connection said when it was tried.</summary>
/// <param name="IsReady">Whether it can be used.</param>
/// <param name="Message">What the other side said, in words; never holds a key.</param>
/// <param name="Advice">What to do; null when all is well.</param>
public sealed record ConnectionTest(bool IsReady, string Message, SyncAdvice? Advice);

/// <summary>The instances of Braze and their REST endpoints (Braze reference, 1.1).</summary>
public static class BrazeInstances
{
    /// <summary>By name, as Braze's dashboard shows them.</summary>
    public static IReadOnlyList<(string Name, string Endpoint)> All { get; } =
    [
        .. Enumerable.Range(1, 8).Select(number => ($"US-0{number}", $"https://rest.iad-0{number}.braze.com")),
        ("EU-01", "https://rest.fra-01.braze.eu"),
        ("EU-02", "https://rest.fra-02.braze.eu"),
        ("AU-01", "https://rest.au-01.braze.com"),
    ];
}

/// <summary>The places that a project's audiences and events can be sent to.</summary>
public interface IConnections
{
    /// <summary>All of a project, by name.</summary>
    Task<IReadOnlyList<Connection>> ListAsync(ProjectId project, CancellationToken cancellationToken);

    /// <summary>One; null when there is none.</summary>
    Task<Connection?> FindAsync(ProjectId project, ConnectionId connection, CancellationToken cancellationToken);

    /// <summary>Makes one; nothing is called yet.</summary>
    Task<Outcome<Connection>> CreateAsync(ProjectId project, string name, ConnectionSettings settings, CancellationToken cancellationToken);

    /// <summary>Changes one; its kind stays. Keys that are null keep what is stored. Syncs and streams that were stopped for its sake go on.</summary>
    Task<Outcome<Connection>> ChangeAsync(ProjectId project, ConnectionId connection, string name, ConnectionSettings settings, CancellationToken cancellationToken);

    /// <summary>Takes it away with its keys. Refused while syncs or streams use it.</summary>
    Task<Outcome<Connection>> RemoveAsync(ProjectId project, ConnectionId connection, CancellationToken cancellationToken);

    /// <summary>Asks the other side whether it would take what is sent; sends nobody and nothing.</summary>
    Task<Outcome<ConnectionTest>> TestAsync(ProjectId project, ConnectionId connection, CancellationToken cancellationToken);
}
