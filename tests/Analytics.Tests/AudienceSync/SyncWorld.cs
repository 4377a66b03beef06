using NodaTime;
using Rondo.Analytics.AudienceSync;
using Rondo.Analytics.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Rondo.Model.Profiles;

namespace Rondo.Analytics.Tests.AudienceSync;

/// <summary>A project whose cohort "Pro" is everyone on the plan of that name, a Braze, and a connection between them.</summary>
internal sealed class SyncWorld : IAsyncDisposable
{
    private SyncWorld(World world, BrazeServer braze) => (World, Braze) = (world, braze);

    public World World { get; }

    public BrazeServer Braze { get; }

    public Cohort Pro { get; private set; } = null!;

    public Connection Connection { get; private set; } = null!;

    public ICohortSyncs Syncs => World.Get<ICohortSyncs>();

    public IConnections Connections => World.Get<IConnections>();

    public SyncLoop Loop => World.Get<SyncLoop>();

    public static async Task<SyncWorld> CreateAsync(Func<IntegrationOptions, IntegrationOptions>? change = null)
    {
        var braze = await BrazeServer.StartAsync();
        var integrations = new IntegrationOptions { AllowPrivateAddresses = true, CallTimeout = TimeSpan.FromMilliseconds(300) };
        var world = await World.CreateAsync(options => options with { Integrations = change?.Invoke(integrations) ?? integrations });
        var made = new SyncWorld(world, braze);
        made.Pro = (await world.Cohorts.CreateAsync(world.Project, "Pro", "", new FilterCohort(World.Is("plan", "Pro")), default)).Value!;
        made.Connection = (await made.Connections.CreateAsync(world.Project, "Braze", new BrazeConnection(braze.Address, BrazeServer.DataImportKey, BrazeServer.PartnerKey), default)).Value!;
        return made;
    }

    /// <summary>Puts people on a plan.</summary>
    public async Task PlanAsync(string plan, params IEnumerable<string> people)
    {
        await World.Ingestion.AcceptAsync(World.Project, [], [.. people.Select(person => new ProfileUpdate { DistinctId = person, Operator = ProfileOperator.Set, Properties = [World.P("plan", plan)], Time = World.Noon })], default);
        await RefreshAsync();
    }

    public async Task RefreshAsync() => (await World.Cohorts.RefreshAsync(World.Project, Pro.Id, default)).Problems.ShouldBeEmpty();

    public Task<CohortSync> SyncAsync(IdentityMapping? mapping = null) => SyncAsync(Duration.FromSeconds(1), mapping, Connection);

    public async Task<CohortSync> SyncAsync(Duration? interval, IdentityMapping? mapping = null, Connection? connection = null)
    {
        var made = await Syncs.CreateAsync(World.Project, new NewSync(Pro.Id, (connection ?? Connection).Id, interval, mapping ?? new IdentityMapping()), default);
        made.Problems.ShouldBeEmpty();
        return made.Value!;
    }

    public async Task<CohortSync> FindAsync(CohortSync sync) => (await Syncs.FindAsync(World.Project, sync.Id, default))!;

    /// <summary>Looks at what is due, then lets a second pass.</summary>
    public async Task TickAsync(int seconds = 1)
    {
        await Loop.RunDueAsync(default);
        World.Clock.Advance(TimeSpan.FromSeconds(seconds));
    }

    public IReadOnlyList<string> Held(CohortSync sync) => [.. Braze.MembersOf(sync.RemoteId).Order(StringComparer.Ordinal)];

    public async Task<IReadOnlyList<AuditLine>> AuditAsync(CohortSync sync, int? run = null)
    {
        var lines = new List<AuditLine>();
        await foreach (var line in Syncs.AuditAsync(World.Project, sync.Id, run, default))
        {
            lines.Add(line);
        }

        return lines;
    }

    public async ValueTask DisposeAsync()
    {
        await World.DisposeAsync();
        await Braze.DisposeAsync();
    }
}
