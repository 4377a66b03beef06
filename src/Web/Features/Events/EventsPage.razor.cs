using Microsoft.AspNetCore.Components;
using Rondo.Analytics.Contracts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;
using Rondo.Web.Components;
using DateRange = Rondo.Model.Time.DateRange;

namespace Rondo.Web.Features.Events;

/// <summary>What is arriving right now, what was tracked, what was dropped and why.</summary>
public sealed partial class EventsPage
{
    private const int Shown = 100;

    private IReadOnlyList<(string Key, TrackedEvent Event)> _latest = [];
    private IReadOnlyList<EventSummary> _names = [];
    private IngestionCounts? _counts;
    private string? _name;
    private string _view = "live";
    private bool _isPaused;

    [Inject]
    private ILexicon Lexicon { get; set; } = default!;

    [Inject]
    private IIngestion Ingestion { get; set; } = default!;

    private IReadOnlyList<(string Value, string Text)> Views => [("live", L["Live view"]), ("names", L["All events"])];

    protected override TimeSpan ReadEvery => TimeSpan.FromSeconds(2);

    protected override bool IsFollowing => !_isPaused;

    protected override Task OnInitializedAsync() => ReadAsync();

    protected override async Task ReadAsync()
    {
        _counts = Ingestion.CountsOf(Project.Id);
        if (_view == "live")
        {
            var latest = await Lexicon.LatestAsync(Project.Id, _name, Shown, CancellationToken.None);

            // Equal events keep their rows (and what was unfolded) while new ones push them down.
            var seen = new Dictionary<(string, string, long), int>();
            _latest = [.. latest.Select(one =>
            {
                var name = (one.Name, one.DistinctId, one.Time.ToUnixTimeMilliseconds());
                var number = seen[name] = seen.GetValueOrDefault(name) + 1;
                return ($"{name}/{number}", one);
            })];
        }

        _names = await Lexicon.EventsAsync(Project.Id, CancellationToken.None);
    }

    private Task ChangeNameAsync(string? name)
    {
        _name = name;
        return ReadAsync();
    }

    private string InsightsPath(string name) => PathOf("insights") + "?q=" + Uri.EscapeDataString(QueryAddress.Write(new InsightsQuery
    {
        Metrics = [new Metric(new EventSelector(name), Measure.Total)],
        Range = DateRange.Last(30, CalendarUnit.Day),
    }));
}
