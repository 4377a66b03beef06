using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Model.Time;
using Rondo.Web.Features.Integrations;

namespace Rondo.Web.Tests.Features;

public sealed class StreamDraftTests
{
    private static readonly string[] Families = ["users.messages.pushnotification.*", "users.messages.email.*", "users.campaigns.*"];
    private static readonly FolderConnection Files = new("events");

    [Fact]
    public void A_family_of_which_everything_is_chosen_takes_in_types_that_are_still_to_come()
    {
        var draft = new StreamDraft();
        draft.SetFamily("users.messages.email.*", true);
        draft.Set(CurrentsCatalogue.Find("users.campaigns.Conversion")!, true);
        draft.Settings(Files, Families).Choice.Types.ShouldBe(["users.messages.email.*", "users.campaigns.Conversion"]);
        draft.Set(CurrentsCatalogue.Find("users.messages.email.Open")!, false);
        draft.Settings(Files, Families).Choice.Types!.Count.ShouldBe(11);
    }

    [Fact]
    public void All_messages_are_one_family()
    {
        var draft = StreamDraft.Of(new StreamSettings("All", new EventChoice(["*"])));
        draft.Settings(Files, Families).Choice.Types!.Take(2).ShouldBe(["users.messages.*", "users.campaigns.*"]);
    }

    [Fact]
    public void What_was_saved_is_shown_as_it_was()
    {
        var saved = new StreamSettings("Files", new EventChoice(["users.messages.email.*"], ["Checkout"]), StreamFileFormat.Avro, Duration.FromMinutes(1));
        var shown = StreamDraft.Of(saved).Settings(Files, Families);
        (shown.Name, shown.Format, shown.FileInterval).ShouldBe((saved.Name, saved.Format, saved.FileInterval));
        shown.Choice.Types.ShouldBe(saved.Choice.Types);
        shown.Choice.ProductEvents.ShouldBe(saved.Choice.ProductEvents);
    }

    [Fact]
    public void The_past_begins_with_the_day_in_the_projects_zone() =>
        new StreamDraft { BackfillFrom = new DateOnly(2026, 3, 10) }.Beginning(new ProjectCalendar(DateTimeZoneProviders.Tzdb["Asia/Seoul"], IsoDayOfWeek.Monday)).ShouldBe(Instant.FromUtc(2026, 3, 9, 15, 0));

    [Fact]
    public void Files_alone_have_a_format() =>
        new StreamDraft().Settings(new CurrentsConnection("https://example.org"), Families).Format.ShouldBeNull();
}
