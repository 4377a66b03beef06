using Bunit;
using Rondo.Web.Components.Reports;

namespace Rondo.Web.Tests.Components.Reports;

public sealed class ReportTableTests
{
    private static readonly ReportTableModel Table = new(
        "utm_source",
        [new TableColumn("People"), new TableColumn("Share")],
        [
            new TableRow("mail", "mail", [new TableCell("1,200", 1200), new TableCell("12.5%", 0.125, Heat: 0.5)], "#123456", IsPlotted: true),
            new TableRow("mail/1", "5 Jan", [new TableCell("700", 700), new TableCell("–", null, IsIncomplete: true)], ParentKey: "mail"),
            new TableRow("ads", "=cmd|ads, \"paid\"", [new TableCell("40", 40), new TableCell("99.0%", 0.99)], "#654321", IsPlotted: false),
        ]);

    [Fact]
    public void As_CSV_it_has_every_row_with_plain_numbers_and_no_formula() => Table.ToCsv().ShouldBe(
        "utm_source,People,Share\r\n"
        + "mail,1200,0.125\r\n"
        + "mail / 5 Jan,700,\r\n"
        + "\"'=cmd|ads, \"\"paid\"\"\",40,0.99\r\n");

    [Fact]
    public async Task Rows_sort_by_number_then_back_then_as_given()
    {
        await using var site = await Site.OpenAsync();
        var table = site.Render<ReportTable>(parameters => parameters.Add(part => part.Model, Table).Add(part => part.FileName, "x"));
        Labels().ShouldBe(["mail", "=cmd|ads, \"paid\""]);
        await SortAsync(2);
        Labels().ShouldBe(["=cmd|ads, \"paid\"", "mail"]);
        table.FindAll("thead th")[2].GetAttribute("aria-sort").ShouldBe("descending");
        await SortAsync(2);
        Labels().ShouldBe(["mail", "=cmd|ads, \"paid\""]);
        await SortAsync(2);
        table.FindAll("thead th")[2].HasAttribute("aria-sort").ShouldBeFalse();

        string[] Labels() => [.. table.FindAll("tbody .truncate").Select(label => label.TextContent)];
        Task SortAsync(int column) => table.FindAll("thead button")[column].ClickAsync(new());
    }

    [Fact]
    public async Task Rows_under_a_row_show_when_it_is_opened_and_what_may_still_grow_is_hatched()
    {
        await using var site = await Site.OpenAsync();
        var table = site.Render<ReportTable>(parameters => parameters.Add(part => part.Model, Table).Add(part => part.FileName, "x"));
        table.FindAll("tbody tr").Count.ShouldBe(2);
        await table.Find(".fold").ClickAsync(new());
        table.FindAll("tbody tr").Count.ShouldBe(3);
        table.Find(".fold").GetAttribute("aria-expanded").ShouldBe("true");
        table.FindAll("td.incomplete").Count.ShouldBe(1);
        table.FindAll("tbody td")[1].GetAttribute("style").ShouldBe("--heat-share: 0.25");
    }

    [Fact]
    public async Task A_check_box_says_which_row_to_plot()
    {
        await using var site = await Site.OpenAsync();
        var plotted = string.Empty;
        var table = site.Render<ReportTable>(parameters => parameters.Add(part => part.Model, Table).Add(part => part.FileName, "x").Add(part => part.OnPlot, key => plotted = key));
        await table.FindAll("input[type=checkbox]")[1].ChangeAsync(new() { Value = true });
        plotted.ShouldBe("ads");
    }
}
