using Rondo.Analytics.Contracts;

namespace Rondo.Web.Features.Integrations;

/// <summary>A connection as it is being written down; keys start empty and stay as they are stored while they are.</summary>
public sealed class ConnectionDraft
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

    public string Token { get; set; } = string.Empty;

    /// <summary>A bearer token, or a secret of Mixpanel's; empty keeps what is stored.</summary>
    public string? Secret { get; set; }

    public string? ServiceAccount { get; set; }

    public string? RemoteProject { get; set; }

    /// <summary>The address of a region of Mixpanel; empty for another address.</summary>
    public string MixpanelRegion { get; set; } = MixpanelRegions.All[0].Endpoint;

    public int EventsPerRequest { get; set; } = 1000;

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
        CurrentsConnection currents => new ConnectionDraft { Kind = "currents", Name = connection.Name, Url = currents.Url, EventsPerRequest = currents.EventsPerRequest },
        MixpanelConnection mixpanel => new ConnectionDraft
        {
            Kind = "mixpanel",
            Name = connection.Name,
            MixpanelRegion = MixpanelRegions.All.FirstOrDefault(region => region.Endpoint == mixpanel.Endpoint).Endpoint ?? string.Empty,
            Endpoint = mixpanel.Endpoint,
            Token = mixpanel.Token,
            ServiceAccount = mixpanel.ServiceAccount,
            RemoteProject = mixpanel.RemoteProject,
        },
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
        "currents" => new CurrentsConnection(Url.Trim(), OrNull(Secret), EventsPerRequest),
        "mixpanel" => new MixpanelConnection(MixpanelRegion.Length > 0 ? MixpanelRegion : Endpoint.Trim(), Token.Trim(), OrNull(Secret), OrNull(ServiceAccount), OrNull(RemoteProject)),
        _ => new BucketConnection(Endpoint.Trim(), Region.Trim(), Bucket.Trim(), AccessKey.Trim(), OrNull(SecretKey), OrNull(Prefix)),
    };

    private static string? OrNull(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
