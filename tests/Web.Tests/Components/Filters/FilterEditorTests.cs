using Bunit;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Web.Components.Filters;

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
        await editor.Find("select.mode").ChangeAsync(new() { Value = "any" });
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
        await editor.Find("select.mode").ChangeAsync(new() { Value = "any" });
        changes.ShouldBe([new AnyPredicate([Paid])]);
        editor.FindAll(".filter").Count.ShouldBe(2);
    }

    private static PropertyPredicate Is(string property, string value) => new(PropertySource.Event, property, PropertyOperator.Equals, [PropertyValue.Of(value)]);
}
