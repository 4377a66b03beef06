using Bunit;
using Rondo.Model.Time;
using Rondo.Web.Components.Reports;

namespace Rondo.Web.Tests.Components.Reports;

public sealed class DateRangeControlTests
{
    public static TheoryData<DateRange, string> Ranges => new()
    {
        { DateRange.Last(1, CalendarUnit.Day), "10 Mar 2026" },
        { DateRange.Last(30, CalendarUnit.Day), "9 Feb – 10 Mar 2026" },
        { DateRange.Last(3, CalendarUnit.Month), "1 Jan – 10 Mar 2026" },
        { DateRange.Last(12, CalendarUnit.Month), "1 Apr 2025 – 10 Mar 2026" },
        { DateRange.Last(2, CalendarUnit.Week), "2 Mar – 10 Mar 2026" },
        { DateRange.Between(new(2025, 12, 30), new(2026, 1, 2)), "30 Dec 2025 – 2 Jan 2026" },
        { new SinceRange(new(2026, 3, 1)), "1 Mar – 10 Mar 2026" },
    };

    [Theory]
    [MemberData(nameof(Ranges))]
    public async Task The_days_meant_are_written_out_and_none_lies_in_the_future(DateRange range, string days)
    {
        await using var site = await Site.OpenAsync();
        var control = site.Render<DateRangeControl>(parameters => parameters.Add(part => part.Value, range).AddCascadingValue(site.Project));
        control.Find(".dates .nowrap").TextContent.ShouldBe(days);
    }

    [Fact]
    public async Task The_usual_ranges_are_one_click_and_the_chosen_one_is_marked()
    {
        await using var site = await Site.OpenAsync();
        DateRange? chosen = null;
        var control = site.Render<DateRangeControl>(parameters => parameters.Add(part => part.Value, DateRange.Last(30, CalendarUnit.Day)).Add(part => part.ValueChanged, range => chosen = range).AddCascadingValue(site.Project));
        control.FindAll("[aria-checked=true]").Select(one => one.TextContent).ShouldBe(["30D"]);
        await control.FindAll("[role=radio]").Single(one => one.TextContent == "3M").ClickAsync(new());
        chosen.ShouldBe(DateRange.Last(3, CalendarUnit.Month));
    }
}
