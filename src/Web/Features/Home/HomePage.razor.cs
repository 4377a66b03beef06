using Microsoft.AspNetCore.Components;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Contracts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;
using Rondo.Web.Components;
using Rondo.Web.Frame;
using static MudBlazor.Icons.Material;
using DateRange = Rondo.Model.Time.DateRange;

namespace Rondo.Web.Features.Home;

/// <summary>Where one begins: how to connect an app, or what is worth asking.</summary>
public sealed partial class HomePage
{
    private readonly List<Figure> _figures = [];
    private readonly List<Story> _stories = [];
    private IReadOnlyList<Campaign> _campaigns = [];
    private Project? _sample;
    private bool _isEmpty;
    private bool _isRead;

    [Parameter]
    public int ProjectNumber { get; set; }

    [CascadingParameter]
    private Project Project { get; set; } = default!;

    [Inject]
    private IReports Reports { get; set; } = default!;

    [Inject]
    private ICampaigns Campaigns { get; set; } = default!;

    [Inject]
    private Vocabulary Vocabulary { get; set; } = default!;

    [Inject]
    private ProjectPlace Place { get; set; } = default!;

    private IEnumerable<(PageEntry Page, string Text)> Starts
    {
        get
        {
            var pages = PageList.Groups.SelectMany(group => group.Pages).ToDictionary(page => page.Path);
            return
            [
                (pages["insights"], L["How many do something, over time?"]),
                (pages["funnels"], L["How many get through, and where do they stop?"]),
                (pages["retention"], L["Who comes back, and who does not?"]),
                (pages["flows"], L["What do people do next?"]),
            ];
        }
    }

    protected override async Task OnInitializedAsync()
    {
        var events = await Vocabulary.EventsAsync(Project.Id);
        if (events.Count == 0)
        {
            _isEmpty = true;
            _sample = Place.All.FirstOrDefault(project => project.Name == SampleStories.CompanyName && project.Id != Project.Id);
            return;
        }

        _campaigns = [.. (await Campaigns.ListAsync(Project.Id, includeArchived: false, CancellationToken.None)).Take(5)];
        _stories.AddRange(await FindStoriesAsync(events));
        _isRead = true;
        StateHasChanged();
        await ReadFiguresAsync();
    }

    private async Task<IEnumerable<Story>> FindStoriesAsync(IReadOnlyList<EventSummary> events)
    {
        var names = events.Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        var campaigns = await Campaigns.ListAsync(Project.Id, includeArchived: false, CancellationToken.None);
        var stories = new List<Story>();
        if (names.Contains(SampleStories.PlaySong))
        {
            stories.Add(new Story("retention", Outlined.Autorenew, L["Where do we lose listeners?"], L["Weekly retention of Play Song by the source people came from. Look at week 10, click a line, and message exactly those people."], L["Open retention"], PathOf("retention", SampleStories.Retention)));
        }

        if (campaigns.FirstOrDefault(campaign => campaign.Plan.Name == SampleStories.AbandonedCart) is { } cart)
        {
            stories.Add(new Story("conversions", Outlined.Balance, L["What did the campaign really convert?"], L["Abandoned Cart Campaign is credited with every checkout within 3 days. See influenced, direct and incremental side by side."], L["Open results"], ProjectPlace.PathOf(Project.Id, $"campaigns/{cart.Id}")));
        }

        if (names.Contains(WellKnownEvents.PushOpen) && campaigns.Any(campaign => campaign.Plan.Name == SampleStories.EarlyBird))
        {
            stories.Add(new Story("landing", Outlined.NearMe, L["Did people land where we meant?"], L["The Early Bird Renewal push should open View Pricing Plan. Follow what people did right after tapping it."], L["Open the flow"], PathOf("flows", SampleStories.Flow)));
        }

        return stories;
    }

    private async Task ReadFiguresAsync()
    {
        var query = new InsightsQuery
        {
            Metrics = [new Metric(new EventSelector(null)), new Metric(new EventSelector(null), Measure.Total), new Metric(new EventSelector(WellKnownEvents.PushSend), Measure.Total), new Metric(new EventSelector(WellKnownEvents.EmailSend), Measure.Total)],
            Range = DateRange.Last(7, CalendarUnit.Day),
        };
        var outcome = await Reports.InsightsAsync(Project.Id, query, CancellationToken.None);
        if (!outcome.IsAccepted)
        {
            return;
        }

        var series = outcome.Value.Result.Series;
        IReadOnlyList<double> Days(params int[] metrics) => [.. Enumerable.Range(0, outcome.Value.Result.FirstIncompleteBucket).Select(day => metrics.Sum(metric => series[metric].Values[day] ?? 0))];
        _figures.Add(new Figure(L["People active in 7 days"], (long)series[0].Total!.Value, Days(0), PathOf("insights", query with { Metrics = [query.Metrics[0]] })));
        _figures.Add(new Figure(L["Events in 7 days"], (long)series[1].Total!.Value, Days(1), PathOf("insights", query with { Metrics = [query.Metrics[1]] })));
        _figures.Add(new Figure(L["Messages sent in 7 days"], (long)series[2].Total!.Value + (long)series[3].Total!.Value, Days(2, 3), PathOf("insights", query with { Metrics = [query.Metrics[2], query.Metrics[3]] })));
    }

    private string PathOf<T>(string page, T query) => ProjectPlace.PathOf(Project.Id, page) + "?q=" + Uri.EscapeDataString(QueryAddress.Write(query));

    private sealed record Figure(string Title, long Value, IReadOnlyList<double> Days, string Path);

    private sealed record Story(string Key, string Icon, string Question, string Text, string Action, string Path);
}
