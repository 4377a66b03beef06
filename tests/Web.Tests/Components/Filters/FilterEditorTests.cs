using Bunit;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using Rondo.Web.Components.Filters;
using DateRange = Rondo.Model.Time.DateRange;

namespace Rondo.Web.Tests.Components.Filters;

public sealed class FilterEditorTests
{
    private static readonly Predicate Jazz = Is("genre", "jazz");
    private static readonly Predicate Paid = Is("plan", "paid");

    [Fact]
    public async Task Conditions_are_joined_by_all_or_any_as_chosen()
    {
        await using var site = await Site.OpenAsync();
        Predicate? given = null;
        var editor = site.Render<FilterEditor>(parameters => parameters.Add(part => part.Value, new AllPredicate([Jazz, Paid])).Add(part => part.ValueChanged, filter => given = filter).AddCascadingValue(site.Project));
        editor.FindAll(".filter").Count.ShouldBe(2);
        await editor.Find("select.mode").ChangeAsync(new() { Value = "Any" });
        given.ShouldBe(new AnyPredicate([Jazz, Paid]));
    }

    [Fact]
    public async Task Removing_the_last_but_one_leaves_a_plain_condition_and_the_last_none()
    {
        await using var site = await Site.OpenAsync();
        var changes = new List<Predicate?>();
        var editor = site.Render<FilterEditor>(parameters => parameters.Add(part => part.Value, new AllPredicate([Jazz, Paid])).Add(part => part.ValueChanged, changes.Add).AddCascadingValue(site.Project));
        await RemoveFirstAsync();
        await RemoveFirstAsync();
        changes.ShouldBe([Paid, null]);

        Task RemoveFirstAsync() => editor.FindAll("button[aria-label='Remove the condition']")[0].ClickAsync(new());
    }

    [Fact]
    public async Task Half_a_condition_stays_on_the_page_and_out_of_the_question()
    {
        await using var site = await Site.OpenAsync();
        var changes = new List<Predicate?>();
        Predicate half = new PropertyPredicate(PropertySource.Event, "genre", PropertyOperator.Equals, []);
        var editor = site.Render<FilterEditor>(parameters => parameters.Add(part => part.Value, new AllPredicate([half, Paid])).Add(part => part.ValueChanged, changes.Add).AddCascadingValue(site.Project));
        await editor.Find("select.mode").ChangeAsync(new() { Value = "Any" });
        changes.ShouldBe([new AnyPredicate([Paid])]);
        editor.FindAll(".filter").Count.ShouldBe(2);
    }

    [Fact]
    public async Task None_of_the_conditions_may_be_asked_for_and_is_shown_again()
    {
        await using var site = await Site.OpenAsync();
        Predicate? given = null;
        var editor = site.Render<FilterEditor>(parameters => parameters.Add(part => part.Value, new AllPredicate([Jazz, Paid])).Add(part => part.ValueChanged, filter => given = filter).AddCascadingValue(site.Project));
        await editor.Find("select.mode").ChangeAsync(new() { Value = "None" });
        given.ShouldBe(new NotPredicate(new AnyPredicate([Jazz, Paid])));
        editor.Render(parameters => parameters.Add(part => part.Value, given));
        editor.Find("select.mode").GetAttribute("value").ShouldBe("None");
        editor.FindAll(".filter").Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_figure_over_a_window_is_edited_in_all_its_parts()
    {
        await using var site = await Site.OpenAsync(Site.Event("Purchase", "ann", 1));
        var given = new List<Predicate?>();
        var figure = new FigurePredicate(new EventSelector("Purchase"), Measure.Sum, new PropertyName(PropertySource.Event, "amount"), FigureComparison.AtLeast, 100, DateRange.Last(30, CalendarUnit.Day));
        var editor = site.Render<FilterEditor>(parameters => parameters.Add(part => part.Value, figure).Add(part => part.ValueChanged, given.Add).Add(part => part.IsForPerson, true).AddCascadingValue(site.Project));
        await editor.Find("select[aria-label='Comparison']").ChangeAsync(new() { Value = nameof(FigureComparison.LessThan) });
        await editor.Find("input[aria-label='Number']").ChangeAsync(new() { Value = "20.5" });
        await editor.Find("select[aria-label='When']").ChangeAsync(new() { Value = "since" });
        await editor.Find("select[aria-label='Which figure']").ChangeAsync(new() { Value = nameof(Measure.Percentile) });
        given[^1].ShouldBe(figure with { Comparison = FigureComparison.LessThan, Number = 20.5, During = new SinceRange(new NodaTime.LocalDate(2026, 2, 9)), Measure = Measure.Percentile, Percentile = 90 });
    }

    [Fact]
    public async Task A_sequence_grows_by_steps_and_says_whether_it_was_completed()
    {
        await using var site = await Site.OpenAsync(Site.Event("A", "ann", 1));
        var given = new List<Predicate?>();
        var sequence = new SequencePredicate([new EventSelector("A"), new EventSelector("B")], new ConversionWindow(3, WindowUnit.Day), SequenceOutcome.Completed, null);
        var editor = site.Render<FilterEditor>(parameters => parameters.Add(part => part.Value, sequence).Add(part => part.ValueChanged, given.Add).Add(part => part.IsForPerson, true).AddCascadingValue(site.Project));
        await editor.FindAll("button").First(one => one.TextContent.Trim() == "then").ClickAsync(new());
        await editor.Find("select[aria-label='Completed or not']").ChangeAsync(new() { Value = nameof(SequenceOutcome.NotCompleted) });
        await editor.Find("input[aria-label='Length of the window']").ChangeAsync(new() { Value = "5" });
        given[^1].ShouldBe(new SequencePredicate([new EventSelector("A"), new EventSelector("B"), new EventSelector(null)], new ConversionWindow(5, WindowUnit.Day), SequenceOutcome.NotCompleted, null));
    }

    private static PropertyPredicate Is(string property, string value) => new(PropertySource.Event, property, PropertyOperator.Equals, [PropertyValue.Of(value)]);
}
