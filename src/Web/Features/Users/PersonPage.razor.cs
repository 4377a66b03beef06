using Microsoft.AspNetCore.Components;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Contracts;
using Rondo.Model.Events;
using Rondo.Web.Components.Pickers;

namespace Rondo.Web.Features.Users;

/// <summary>One person: profile, cohorts, everything that happened, and why messages did or did not go out.</summary>
public sealed partial class PersonPage
{
    private const int ReadAtOnce = 100;

    private static readonly string[] BriefFirst = ["campaign_name", "message_variation_name", "song", "title", "genre", "plan", "price", "page", "query"];

    private readonly List<TrackedEvent> _events = [];
    private Person? _person;
    private string? _name;
    private IReadOnlyList<LedgerEntry> _ledger = [];
    private EventGroup? _group;
    private bool _isMissing;
    private bool _hasMore;

    [SupplyParameterFromQuery(Name = "id")]
    public string? Id { get; set; }

    [Inject]
    private IPeople People { get; set; } = default!;

    [Inject]
    private ICampaigns Campaigns { get; set; } = default!;

    private IReadOnlyList<(EventGroup? Value, string Text)> Groups =>
        [(null, L["All events"]), (EventGroup.Product, L["Product"]), (EventGroup.Message, L["Messages"])];

    private IEnumerable<TrackedEvent> Shown => _group is null ? _events : _events.Where(one => EventTitle.GroupOf(one.Name) == _group);

    private string Initials => string.Concat((_name ?? _person!.DistinctId).Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(2).Select(part => part[..1])).ToUpperInvariant();

    protected override async Task OnInitializedAsync()
    {
        _person = string.IsNullOrEmpty(Id) ? null : await People.FindAsync(Project.Id, Id, CancellationToken.None);
        _isMissing = _person is null;
        if (_person is null)
        {
            return;
        }

        _name = _person.Profile.TryGetValue("$name", out var name) ? name.ToText() : null;
        _ledger = await Campaigns.LedgerOfAsync(Project.Id, _person.DistinctId, CancellationToken.None);
        await ReadMoreAsync();
    }

    private static string LedgerLook(LedgerEntry entry) => entry.State switch
    {
        "sent" or "delivered" or "opened" or "clicked" => "good",
        "failed" or "bounced" => "bad",
        _ when entry.Reason is not null => "warn",
        _ => string.Empty,
    };

    private static string Brief(TrackedEvent one)
    {
        var found = BriefFirst.Select(name => one.Properties.FirstOrDefault(property => property.Name == name)).Where(property => property.Name is not null).Take(2).ToArray();
        return string.Join(" · ", found.Select(property => property.Value.ToText()));
    }

    private async Task ReadMoreAsync()
    {
        Instant? before = _events.Count == 0 ? null : _events[^1].Time;
        var read = await People.TimelineAsync(Project.Id, _person!.DistinctId, before, ReadAtOnce, CancellationToken.None);
        _hasMore = read.Count == ReadAtOnce;

        // The next page starts strictly before the last time shown, so events of that very instant must come together.
        var kept = _hasMore && read[0].Time != read[^1].Time ? read.TakeWhile(one => one.Time != read[^1].Time) : read;
        _events.AddRange(kept);
    }
}
