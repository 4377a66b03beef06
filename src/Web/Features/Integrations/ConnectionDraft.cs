using Rondo.Analytics.Contracts;

namespace Rondo.Web.Features.Integrations;

/// <summary>A connection as it is being written down; keys start empty and stay as they are stored while they are.</summary>
internal sealed class ConnectionDraft
{
    public string Kind { get; private init; } = "braze";

    public string Name { get; set; } = string.Empty;

    public string? DataImportKey { get; set; }

    public string? PartnerApiKey { get; set; }

    public string Partner { get; set; } = "mixpanel";

    /// <summary>The endpoint of an instance of Braze; empty for another address.</summary>
    public string Instance { get; set; } = BrazeInstances.All[0].Endpoint;

    public string Endpoint { get; set; } = string.Empty;

    public string Url { get; set; } = string.Empty;

    public string? User { get; set; }

    public string? Password { get; set; }

    public string? Properties { get; set; }

    public string Folder { get; set; } = string.Empty;

    public string Region { get; set; } = string.Empty;

    public string Bucket { get; set; } = string.Empty;

    public string? Prefix { get; set; }

    public string AccessKey { get; set; } = string.Empty;

    public string? SecretKey { get; set; }

    public static ConnectionDraft New(string kind, string name) => new() { Kind = kind, Name = name };

    public static ConnectionDraft Of(Connection connection) => connection.Settings switch
    {
        BrazeConnection braze => new ConnectionDraft
        {
            Kind = "braze",
            Name = connection.Name,
            Instance = BrazeInstances.All.FirstOrDefault(instance => instance.Endpoint == braze.Endpoint).Endpoint ?? string.Empty,
            Endpoint = braze.Endpoint,
            Partner = braze.Partner,
        },
        WebhookConnection webhook => new ConnectionDraft { Kind = "webhook", Name = connection.Name, Url = webhook.Url, User = webhook.User, Properties = string.Join(", ", webhook.Properties ?? []) },
        FolderConnection folder => new ConnectionDraft { Kind = "folder", Name = connection.Name, Folder = folder.Folder },
        BucketConnection bucket => new ConnectionDraft
        {
            Kind = "bucket",
            Name = connection.Name,
            Endpoint = bucket.Endpoint,
            Region = bucket.Region,
            Bucket = bucket.Bucket,
            AccessKey = bucket.AccessKey,
            Prefix = bucket.Prefix,
        },
        _ => throw new InvalidOperationException($"{connection.Settings.GetType().Name} is not a kind of connection."),
    };

    public ConnectionSettings Settings() => Kind switch
    {
        "braze" => new BrazeConnection(Instance.Length > 0 ? Instance : Endpoint.Trim(), OrNull(DataImportKey), OrNull(PartnerApiKey), Partner.Trim()),
        "webhook" => new WebhookConnection(
            Url.Trim(),
            OrNull(User),
            OrNull(Password),
            Properties?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } properties ? properties : null),
        "folder" => new FolderConnection(Folder.Trim()),
        _ => new BucketConnection(Endpoint.Trim(), Region.Trim(), Bucket.Trim(), AccessKey.Trim(), OrNull(SecretKey), OrNull(Prefix)),
    };

    private static string? OrNull(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
