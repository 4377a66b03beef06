using System.Globalization;
using Microsoft.AspNetCore.Components;
using Rondo.Analytics.Contracts;
using Rondo.Model;
using Rondo.Model.Queries;

namespace Rondo.Web.Features.Integrations;

/// <summary>One stream on one page: where to, with which keys, which events, since when. Mixpanel's page is this one, too.</summary>
public sealed partial class StreamEditPage
{
    private static readonly (StreamFileFormat Value, string Text)[] Formats = [(StreamFileFormat.Ndjson, "NDJSON"), (StreamFileFormat.Avro, "Avro")];
    private static readonly int[] FileIntervals = [10, 60, 300, 900, 3600];

    private StreamDraft? _draft;
    private ConnectionDraft _connectionDraft = ConnectionDraft.New("mixpanel", "Mixpanel");
    private IReadOnlyList<Connection> _connections = [];
    private Connection? _made;
    private ConnectionTest? _test;
    private IReadOnlyList<Problem> _problems = [];
    private EventStream? _stream;
    private string _to = "mixpanel";
    private string? _readFor;
    private bool _isBusy;
    private bool _isMissing;

    [Parameter]
    public int StreamNumber { get; set; }

    /// <summary>The connection that is chosen at first, or the kind of a new one.</summary>
    [SupplyParameterFromQuery(Name = "to")]
    public string? To { get; set; }

    [Inject]
    private IEventStreams Streams { get; set; } = default!;

    [Inject]
    private IConnections Connections { get; set; } = default!;

    private bool IsEdit => StreamNumber > 0;

    private bool IsMixpanelPage => Navigation.ToBaseRelativePath(Navigation.Uri).Split('?')[0].EndsWith("/mixpanel", StringComparison.Ordinal);

    private string Title => IsEdit ? L["Edit “{0}”", _stream?.Settings.Name ?? string.Empty] : IsMixpanelPage ? L["Connect {0}", "Mixpanel"] : L["New stream"];

    private string BackPath => PathOf(IsEdit ? $"integrations/streams/{StreamNumber}" : IsMixpanelPage ? "integrations" : "integrations/streams");

    /// <summary>The settings of the connection that is chosen, made or being written down.</summary>
    private ConnectionSettings Chosen => (_connections.FirstOrDefault(connection => connection.Id.Value.ToString(CultureInfo.InvariantCulture) == _to) ?? _made)?.Settings ?? _connectionDraft.Settings();

    private bool TakesFiles => Chosen.TakesFiles;

    private bool IsMixpanel => Chosen is MixpanelConnection;

    protected override async Task OnParametersSetAsync()
    {
        var wanted = $"{ProjectNumber}/{StreamNumber}/{IsMixpanelPage}/{To}";
        if (_readFor == wanted)
        {
            return;
        }

        (_readFor, _made, _test, _problems) = (wanted, null, null, []);
        var all = await Connections.ListAsync(Project.Id, CancellationToken.None);
        if (IsEdit)
        {
            _stream = await Streams.FindAsync(Project.Id, new StreamId(StreamNumber), CancellationToken.None);
            _isMissing = _stream is null;
            (_connections, _to) = (all, _stream?.Connection.ToString() ?? _to);
            _draft = _stream is null ? null : StreamDraft.Of(_stream.Settings);
            return;
        }

        _connections = IsMixpanelPage ? [] : [.. all.Where(connection => connection.Settings.TakesEvents)];
        _draft = StreamDraft.Of(new StreamSettings(string.Empty, EventChoice.MessageEvents));
        Choose(IsMixpanelPage ? "mixpanel" : To is "mixpanel" or "currents" or "folder" || _connections.Any(connection => connection.Id.ToString() == To) ? To! : _connections.Count > 0 ? _connections[0].Id.ToString() : "mixpanel");
    }

    private void ChooseAsync(ChangeEventArgs change) => Choose(change.Value!.ToString()!);

    private void Choose(string to)
    {
        (_to, _made, _test) = (to, null, null);
        if (to is "mixpanel" or "currents" or "folder")
        {
            _connectionDraft = ConnectionDraft.New(to, string.Empty);
        }

        var name = to switch { "mixpanel" => "Mixpanel", "currents" => L["Events over HTTP"].Value, "folder" => L["Events in files"].Value, _ => _connections.FirstOrDefault(connection => connection.Id.ToString() == to)?.Name ?? string.Empty };
        _draft!.Name = name;
    }

    private async Task TestAsync()
    {
        if (_isBusy)
        {
            return;
        }

        (_isBusy, _test) = (true, null);
        StateHasChanged();
        _test = await ConnectedAsync() is { } connection ? (await Connections.TestAsync(Project.Id, connection, CancellationToken.None)).Value : null;
        _isBusy = false;
    }

    /// <summary>The connection that is chosen; one that is being written down is made, or brought up to date. Null when it is refused.</summary>
    private async Task<ConnectionId?> ConnectedAsync()
    {
        if (_to is not ("mixpanel" or "currents" or "folder"))
        {
            return new ConnectionId(int.Parse(_to, CultureInfo.InvariantCulture));
        }

        var name = await FreeNameAsync();
        var saved = _made is null
            ? await Connections.CreateAsync(Project.Id, name, _connectionDraft.Settings(), CancellationToken.None)
            : await Connections.ChangeAsync(Project.Id, _made.Id, _made.Name, _connectionDraft.Settings(), CancellationToken.None);
        _problems = saved.Problems;
        _made = saved.Value ?? _made;
        return saved.Value?.Id;
    }

    /// <summary>The stream's name, with a number where another connection has it.</summary>
    private async Task<string> FreeNameAsync()
    {
        var taken = (await Connections.ListAsync(Project.Id, CancellationToken.None)).Select(connection => connection.Name).ToHashSet();
        var wanted = _draft!.Name.Trim() is { Length: > 0 } name ? name : _to;
        return Enumerable.Range(1, taken.Count + 1).Select(number => number == 1 ? wanted : $"{wanted} {number}").First(free => !taken.Contains(free));
    }

    private async Task SaveAsync()
    {
        // Enter and a click may come together; one stream is meant.
        if (_isBusy)
        {
            return;
        }

        _isBusy = true;
        _problems = [];
        var saved = await SavedAsync();
        _isBusy = false;
        if (saved is { IsAccepted: true })
        {
            Navigation.NavigateTo(PathOf($"integrations/streams/{saved.Value.Id}"), replace: true);
        }
        else if (saved is not null)
        {
            _problems = saved.Problems;
        }
    }

    private async Task<Outcome<EventStream>?> SavedAsync()
    {
        var settings = _draft!.Settings(Chosen, StreamWords.FamiliesIn(L).Select(family => family.Family));
        if (IsEdit)
        {
            return await Streams.ChangeAsync(Project.Id, new StreamId(StreamNumber), settings, CancellationToken.None);
        }

        return await ConnectedAsync() is { } connection
            ? await Streams.CreateAsync(Project.Id, new NewStream(connection, settings, _draft.Beginning(Project.Calendar)), CancellationToken.None)
            : null;
    }
}
