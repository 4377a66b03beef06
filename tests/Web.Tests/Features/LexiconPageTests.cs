using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using MudBlazor;
using Rondo.Analytics.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using Rondo.Web.Components;
using Rondo.Web.Features.Funnels;
using Rondo.Web.Features.Lexicon;
using Rondo.Web.Features.Settings;
using static Rondo.Web.Tests.Site;
using Breakdown = Rondo.Model.Queries.Breakdown;
using DateRange = Rondo.Model.Time.DateRange;

namespace Rondo.Web.Tests.Features;

/// <summary>The lexicon lists what is tracked and what the project named, and changes it with a way back.</summary>
public sealed class LexiconPageTests
{
    [Fact]
    public async Task Events_are_listed_with_counts_and_found_by_name_or_description()
    {
        await using var site = await OpenAsync(Event("Play", "ann", 1), Event("Play", "ann", 30), Event("Ping", "bob", 2));
        await site.Get<IDefinitions>().SaveAsync(site.Project.Id, new LexiconEntry(LexiconKind.Event, "Ping", "Heartbeat", "Every minute", LexiconStatus.Hidden), default);
        var page = site.Show<LexiconPage>("lexicon");
        page.WaitForAssertion(() => page.FindAll("tbody tr").Count.ShouldBe(2));
        page.FindAll("tbody tr")[0].TextContent.ShouldContain("Play");
        page.FindAll("tbody tr")[0].QuerySelector("td.number")!.TextContent.ShouldBe("2");
        page.FindAll("tbody tr")[1].TextContent.ShouldContain("Heartbeat");
        await page.Find("input[type=search]").InputAsync(new() { Value = "minute" });
        page.FindAll("tbody tr").Single().TextContent.ShouldContain("Hidden");
    }

    [Fact]
    public async Task Properties_are_listed_with_how_often_they_were_sent()
    {
        await using var site = await OpenAsync(Event("Play", "ann", 1, P("genre", "jazz")), Event("Play", "ann", 2), Event("Stop", "ann", 3, P("genre", "rock"), P("os", "iOS")));
        var page = site.Show<LexiconPage>("lexicon", ("tab", "EventProperties"));
        page.WaitForAssertion(() => page.FindAll("tbody tr").Select(row => $"{row.QuerySelector(".link")!.TextContent} {row.QuerySelector("td.number")!.TextContent}").ShouldBe(["genre 2", "os 1"]));
    }

    [Fact]
    public async Task Hiding_offers_to_be_undone_and_pickers_follow()
    {
        await using var site = await OpenAsync(Event("Play", "ann", 1), Event("Ping", "bob", 2));
        var notices = site.Render<MudSnackbarProvider>();
        var page = site.Show<LexiconPage>("lexicon");
        page.WaitForAssertion(() => page.FindAll("tbody tr").Count.ShouldBe(2));
        await OpenMenuAsync(page, "Ping");
        await page.FindAll("button").First(button => button.TextContent.Trim() == "Hide").ClickAsync(new());
        (await site.Get<Vocabulary>().EventsAsync(site.Project.Id)).Select(one => one.Name).ShouldBe(["Play"]);
        notices.WaitForAssertion(() => notices.Markup.ShouldContain("Undo"));
        await notices.FindAll("button").First(button => button.TextContent.Trim() == "Undo").ClickAsync(new());
        page.WaitForAssertion(() => page.FindAll(".badge").ShouldAllBe(badge => badge.TextContent == "Visible"));
        (await site.Get<Vocabulary>().EventsAsync(site.Project.Id)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_is_in_use_is_not_deleted_and_says_where()
    {
        await using var site = await OpenAsync(Event("Play", "ann", 1));
        var dialogs = site.Render<MudDialogProvider>();
        await site.Get<IDefinitions>().SaveAsync(site.Project.Id, new CustomEvent("Engaged", "", [new EventSelector("Play")]), default);
        await site.Get<ICohorts>().CreateAsync(site.Project.Id, "Keen", "", new FilterCohort(new DidPredicate(new EventSelector(null) { Custom = "Engaged" }, CountComparison.AtLeast, 1, null)), default);
        var page = site.Show<LexiconPage>("lexicon", ("tab", "CustomEvents"));
        page.WaitForAssertion(() => page.FindAll("tbody tr").Count.ShouldBe(1));
        await OpenMenuAsync(page, "Engaged");
        _ = page.FindAll("button").First(button => button.TextContent.Trim() == "Delete").ClickAsync(new());
        dialogs.WaitForAssertion(() => dialogs.Markup.ShouldContain("Cohort “Keen”"));
        (await site.Get<IDefinitions>().CustomEventsAsync(site.Project.Id, default)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_table_is_uploaded_and_its_faults_are_shown()
    {
        await using var site = await OpenAsync(Event("Play", "ann", 1));
        var dialogs = site.Render<MudDialogProvider>();
        IDialogReference? dialog = null;
        await dialogs.InvokeAsync(async () => dialog = await site.Get<IDialogService>().ShowAsync<TableDialog>("Upload", new DialogParameters<TableDialog> { { one => one.Project, site.Project } }));
        dialogs.WaitForElement("input[type=file]");
        dialogs.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText("id,name\n1,a\n1,b\n", "things.csv"));
        await Press("Upload");
        dialogs.WaitForAssertion(() => dialogs.Markup.ShouldContain("stands there twice"));
        dialogs.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText("id,name\n1,a\n2,b\n", "things.csv"));
        await Press("Upload");
        (await dialog!.Result)!.Canceled.ShouldBeFalse();
        (await site.Get<IDefinitions>().LookupTablesAsync(site.Project.Id, default)).Single().ShouldSatisfyAllConditions(table => table.Name.ShouldBe("things"), table => table.RowCount.ShouldBe(2));

        Task Press(string text) => dialogs.FindAll("button").First(button => button.TextContent.Trim() == text).ClickAsync(new());
    }

    [Fact]
    public async Task Sentences_tables_and_pickers_call_things_as_the_lexicon_does()
    {
        await using var site = await OpenAsync(Event("play_song", "ann", 5, P("utm_src", "mail"), P("kind", "x")), Event("checkout", "ann", 4));
        foreach (var entry in new[] { new LexiconEntry(LexiconKind.Event, "play_song", "Song played"), new LexiconEntry(LexiconKind.Event, "checkout", "Bought"), new LexiconEntry(LexiconKind.EventProperty, "utm_src", "Source") })
        {
            await site.Get<IDefinitions>().SaveAsync(site.Project.Id, entry, default);
        }

        var query = new FunnelQuery
        {
            Steps = [new EventSelector("play_song", new PropertyPredicate(PropertySource.Event, "utm_src", PropertyOperator.IsSet, [])), new EventSelector("checkout")],
            Range = DateRange.Last(7, CalendarUnit.Day),
            Breakdowns = [new Breakdown(PropertySource.Event, "utm_src")],
            HoldConstant = [new PropertyName(PropertySource.Expression, "lookup(\"Kinds\", \"family\", properties[\"kind\"])")],
        };
        await site.Get<IDefinitions>().SaveTableAsync(site.Project.Id, "Kinds", new MemoryStream("kind,family\nx,letters\n"u8.ToArray()), default);
        var page = site.Show<FunnelPage>("funnels", ("q", QueryAddress.Write(query)));
        page.WaitForAssertion(() => page.Find(".question").TextContent.ShouldBe("Of people who did “Song played” where “Source” is set, how many did “Bought” within 7 days, with the same “family (Kinds)”, by “Source”, last 7 days"));
        page.Find("thead").TextContent.ShouldContain("1. Song played");
        page.Find("thead").TextContent.ShouldContain("Source");
        page.Find(".step-head").TextContent.ShouldContain("Song played");
        page.FindAll(".chips .badge").Single().TextContent.ShouldContain("family (Kinds)");
        page.Find(".event-picker").TextContent.ShouldContain("Song played");
        page.Markup.ShouldNotContain(">play_song<");
    }

    [Fact]
    public async Task The_settings_say_what_a_session_is()
    {
        await using var site = await OpenAsync(Event("Play", "ann", 1));
        var card = site.Render<SessionsCard>(parameters => parameters.AddCascadingValue(site.Project));
        await card.Find("input[aria-label='minutes of silence']").ChangeAsync(new() { Value = "45" });
        await card.FindAll("button").First(button => button.TextContent.Trim() == "Save").ClickAsync(new());
        (await site.Get<IProjects>().FindAsync(site.Project.Id, default))!.Sessions.ShouldBe(new TimeoutSessions(2700));
        await card.Find("input[aria-label='minutes of silence']").ChangeAsync(new() { Value = "2000" });
        await card.FindAll("button").First(button => button.TextContent.Trim() == "Save").ClickAsync(new());
        card.Find(".problem").TextContent.ShouldContain("86400");
    }

    private static Task OpenMenuAsync(IRenderedComponent<LexiconPage> page, string row) =>
        page.FindAll("tbody tr").First(one => one.TextContent.Contains(row)).QuerySelector("[popover]")!.TriggerEventAsync("ontoggle", EventArgs.Empty);
}
