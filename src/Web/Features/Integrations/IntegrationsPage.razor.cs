using Microsoft.AspNetCore.Components;
using NodaTime;
using Rondo.Analytics.Contracts;
using static MudBlazor.Icons.Material;

namespace Rondo.Web.Features.Integrations;

/// <summary>What the project is connected to, how it is, and what is sent there. Shows news by itself.</summary>
public sealed partial class IntegrationsPage
{
    private IReadOnlyList<Connection>? _connections;
    private IReadOnlyList<CohortSync> _syncs = [];
    private IReadOnlyList<Cohort> _cohorts = [];
    private IReadOnlyList<EventStream> _streams = [];

    [Inject]
    private IConnections Connections { get; set; } = default!;

    [Inject]
    private ICohortSyncs Syncs { get; set; } = default!;

    [Inject]
    private IEventStreams Streams { get; set; } = default!;

    [Inject]
    private ICohorts Cohorts { get; set; } = default!;

    private (string Kind, string Icon, string Title, string Text)[] Offers =>
    [
        ("new/braze", Outlined.Campaign, "Braze", L["Cohorts as segments, through its cohort import."]),
        ("mixpanel", Outlined.Insights, "Mixpanel", L["Events as they come: messages, and what people do."]),
        ("streams/new?to=currents", Outlined.Stream, L["HTTP (Currents)"], L["Events to any address that takes Braze's Currents."]),
        ("new/webhook", Outlined.Webhook, L["Webhook"], L["Any address that takes Mixpanel's cohort webhook."]),
        ("new/bucket", Outlined.CloudUpload, L["Bucket (S3)"], L["Cohorts and events as files in S3 or a store that speaks its language."]),
        ("new/folder", Outlined.Folder, L["Files on the server"], L["Cohorts and events as files in the data folder of this server."]),
    ];

    protected override TimeSpan ReadEvery => TimeSpan.FromSeconds(5);

    protected override Task OnInitializedAsync() => ReadAsync();

    protected override async Task ReadAsync()
    {
        _syncs = await Syncs.ListAsync(Project.Id, CancellationToken.None);
        _streams = await Streams.ListAsync(Project.Id, CancellationToken.None);
        _cohorts = await Cohorts.ListAsync(Project.Id, includeArchived: true, CancellationToken.None);
        _connections = await Connections.ListAsync(Project.Id, CancellationToken.None);
    }

    private List<EventStream> StreamsOf(ConnectionId connection) => [.. _streams.Where(stream => stream.Connection == connection)];

    private SyncTrouble? TroubleOf(ConnectionId connection) =>
        SyncsOf(connection).Select(sync => sync.Trouble).Concat(StreamsOf(connection).Select(stream => stream.Trouble)).FirstOrDefault(trouble => trouble is not null);

    private Instant? LastSentOf(ConnectionId connection) =>
        SyncsOf(connection).Select(sync => sync.LastCompletedAt).Concat(StreamsOf(connection).Select(stream => stream.LastSentAt)).Max();

    private List<CohortSync> SyncsOf(ConnectionId connection) => [.. _syncs.Where(sync => sync.Connection == connection)];
}
