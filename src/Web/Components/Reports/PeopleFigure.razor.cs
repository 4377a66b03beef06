using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Rondo.Engagement.Contracts;

namespace Rondo.Web.Components.Reports;

/// <summary>A number of people that opens the menu of the point it stands for.</summary>
public sealed partial class PeopleFigure
{
    /// <summary>Who; null where nobody can tell.</summary>
    [Parameter, EditorRequired]
    public PeopleCount? People { get; set; }

    /// <summary>What the number is, as the menu's heading and the name proposed for a cohort.</summary>
    [Parameter, EditorRequired]
    public string Title { get; set; } = string.Empty;

    /// <summary>What it is a part of; null for nothing.</summary>
    [Parameter]
    public int? Whole { get; set; }

    /// <summary>Whether the part is written under the number. Default true.</summary>
    [Parameter]
    public bool IsShareShown { get; set; } = true;

    [Parameter]
    public string? Class { get; set; }

    /// <summary>The menu of the page, asked for when it is needed: it comes into being with the page.</summary>
    [Parameter, EditorRequired]
    public Func<PointMenu?> Menu { get; set; } = default!;

    private Task OpenAsync(MouseEventArgs click) => Menu() is { } menu
        ? menu.OpenAsync(
            new PointSelection(Title, Figures.Count(People!.Count), Whole is { } whole ? Figures.Percent(People.Count, whole) : null, [new PointSide(Title, People.Point, Title)]),
            click.ClientX,
            click.ClientY)
        : Task.CompletedTask;
}
