using Microsoft.AspNetCore.Components;
using Rondo.Analytics.Contracts;
using static MudBlazor.Icons.Material;

namespace Rondo.Web.Features.Integrations;

/// <summary>What the project is connected to, how it is, and what is sent there.</summary>
public sealed partial class IntegrationsPage
{
    private IReadOnlyList<Connection>? _connections;
    private IReadOnlyList<CohortSync> _syncs = [];
    private IReadOnlyList<Cohort> _cohorts = [];

    [Inject]
    private IConnections Connections { get; set; } = default!;

    [Inject]
    private ICohortSyncs Syncs { get; set; } = default!;

    [Inject]
    private ICohorts Cohorts { get; set; } = default!;

    private (string Kind, string Icon, string Title, string Text)[] Offers =>
    [
        ("braze", Outlined.Campaign, "Braze", L["Cohorts as segments, through its cohort import."]),
        ("webhook", Outlined.Webhook, L["Webhook"], L["Any address that takes Mixpanel's cohort webhook."]),
        ("bucket", Outlined.CloudUpload, L["Bucket (S3)"], L["Files in S3 or a store that speaks its language."]),
        ("folder", Outlined.Folder, L["Files on the server"], L["Files in the data folder of this server."]),
    ];

    protected override async Task OnParametersSetAsync()
    {
        _syncs = await Syncs.ListAsync(Project.Id, CancellationToken.None);
        _cohorts = await Cohorts.ListAsync(Project.Id, includeArchived: true, CancellationToken.None);
        _connections = await Connections.ListAsync(Project.Id, CancellationToken.None);
    }

    private List<CohortSync> SyncsOf(ConnectionId connection) => [.. _syncs.Where(sync => sync.Connection == connection)];
}
