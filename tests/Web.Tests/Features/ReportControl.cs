using System.Text.Json;
using Bunit;
using Microsoft.AspNetCore.Components;
using Rondo.Analytics.Contracts;
using Rondo.Model;
using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Web.Components;
using static Rondo.Web.Tests.Site;

namespace Rondo.Web.Tests.Features;

/// <summary>One thing done on a report page, and what the question becomes by it.</summary>
/// <param name="Name">What is done.</param>
/// <param name="Before">The question in the address at first.</param>
/// <param name="After">The question in the address afterwards.</param>
internal abstract record ReportControl(string Name, object Before, object After)
{
    public static ReportControl Of<TPage, TQuery>(string path, string name, TQuery before, TQuery after, Func<Hand<TPage>, Task> act)
        where TPage : IComponent
        where TQuery : class => new Typed<TPage, TQuery>(path, $"{path}: {name}", before, after, act);

    public abstract Task CheckAsync();

    private sealed record Typed<TPage, TQuery>(string Path, string Title, TQuery Was, TQuery Becomes, Func<Hand<TPage>, Task> Act) : ReportControl(Title, Was, Becomes)
        where TPage : IComponent
        where TQuery : class
    {
        private static readonly PropertyValue Cart = JsonSerializer.Deserialize<PropertyValue>("""[{"sku":"a","price":5}]""", ModelJson.Options);

        public override async Task CheckAsync()
        {
            await using var site = await OpenAsync(
                Event("A", "ann", 5, P("os", "iOS"), P("kind", "x"), new Property("price", PropertyValue.Of(7)), new Property("tags", PropertyValue.Of([PropertyValue.Of("red")])), new Property("cart", Cart)),
                Event("A", "ann", 6, P("os", "iOS")),
                Event("A", "bob", 4, P("os", "Android")),
                Event("B", "ann", 3, P("os", "iOS"), P("kind", "x")),
                Event("B", "bob", 2),
                Event("C", "ann", 1));
            await site.SetAsync("ann", P("plan", "paid"));
            await site.Get<IDefinitions>().SaveAsync(site.Project.Id, new CustomEvent("Either", string.Empty, [new EventSelector("A"), new EventSelector("B")]), default);
            await site.Get<IDefinitions>().SaveAsync(site.Project.Id, new CustomProperty("Size", string.Empty, """if(properties["price"] > 5, "big", "small")"""), default);
            await site.Get<IDefinitions>().SaveTableAsync(site.Project.Id, "Kinds", new MemoryStream("kind,family\nx,letters\n"u8.ToArray()), default);
            foreach (var name in new[] { "Keen", "Calm" })
            {
                await site.Get<ICohorts>().CreateAsync(site.Project.Id, name, string.Empty, new FilterCohort(new DidPredicate(new EventSelector("A"), CountComparison.AtLeast, 1, null)), default);
            }

            var page = site.Show<TPage>(Path, ("q", QueryAddress.Write(Was)));
            page.WaitForElement(".chart-card, .empty, .note.warn");
            await Act(new Hand<TPage>(page));
            QueryAddress.Write(QueryAddress.Read<TQuery>(site.InAddress("q"))).ShouldBe(QueryAddress.Write(Becomes));
        }
    }
}

/// <summary>Does on a page what a person would do.</summary>
internal sealed class Hand<TPage>(IRenderedComponent<TPage> page)
    where TPage : IComponent
{
    /// <summary>Chooses or writes in a field, by what it is called; the last of several.</summary>
    public Task SetAsync(string label, string value) => Last($"select[aria-label=\"{label}\"], input[aria-label=\"{label}\"]").ChangeAsync(new() { Value = value });

    public Task WriteAsync(string css, string value) => Last(css).ChangeAsync(new() { Value = value });

    /// <summary>Ticks or unticks a box beside a text.</summary>
    public Task TickAsync(string text, bool isOn = true) => page.FindAll("label").Last(label => label.TextContent.Contains(text)).QuerySelector("input")!.ChangeAsync(new() { Value = isOn });

    /// <summary>Presses the first (or a later) button that says this.</summary>
    public Task PressAsync(string text, int place = 0) => page.FindAll("button").Where(button => button.TextContent.Trim() == text || button.GetAttribute("aria-label") == text).ElementAt(place).ClickAsync(new());

    /// <summary>Opens (or closes) what opens at a button, the last that says this or one counted from the first.</summary>
    public Task OpenAsync(string text, int? place = null)
    {
        var buttons = page.FindAll("button[popovertarget]").Where(button => button.TextContent.Contains(text)).ToList();
        return page.Find($"#{buttons[place ?? buttons.Count - 1].GetAttribute("popovertarget")}").TriggerEventAsync("ontoggle", EventArgs.Empty);
    }

    /// <summary>Opens a list and picks from it; a column of a table goes on to the property that finds its rows.</summary>
    public Task PickAsync(string opener, params string[] items) => PickAtAsync(opener, null, items);

    public async Task PickAtAsync(string opener, int? place, params string[] items)
    {
        await OpenAsync(opener, place);
        foreach (var item in items)
        {
            page.WaitForElement(".picker .menu-item");
            await page.FindAll(".picker .menu-item").First(one => one.QuerySelector(".grow")!.TextContent.Trim() == item).ClickAsync(new());
        }
    }

    /// <summary>Ticks a value of the last condition and closes the list, by which it counts.</summary>
    public async Task ChooseValueAsync(string value)
    {
        await OpenAsync("Values");
        page.WaitForElement(".values label");
        await page.FindAll(".values label").First(label => label.TextContent.Trim() == value).QuerySelector("input")!.ChangeAsync(new() { Value = true });
        await OpenAsync("Values");
    }

    private AngleSharp.Dom.IElement Last(string css)
    {
        page.WaitForElement(css);
        return page.FindAll(css)[^1];
    }
}
