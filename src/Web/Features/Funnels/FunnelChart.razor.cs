using System.Globalization;
using Microsoft.AspNetCore.Components;
using Rondo.Model.Queries;
using Rondo.Web.Components.Reports;

namespace Rondo.Web.Features.Funnels;

/// <summary>One step of one segment, with what clicks on its two parts select.</summary>
public sealed record FunnelBar(FunnelStep Step, Func<PointSelection> Select, Func<PointSelection> SelectDropOff);

/// <summary>The bars of one segment.</summary>
public sealed record FunnelBars(string Title, string Color, IReadOnlyList<FunnelBar> Steps);

/// <summary>Steps side by side; the lighter part of a bar is who dropped off on the way there.</summary>
public sealed partial class FunnelChart
{
    [Parameter, EditorRequired]
    public IReadOnlyList<string> Steps { get; set; } = [];

    [Parameter, EditorRequired]
    public IReadOnlyList<FunnelBars> Bars { get; set; } = [];

    /// <summary>What is said beside the number of the first step.</summary>
    [Parameter, EditorRequired]
    public string Entered { get; set; } = string.Empty;

    [Parameter]
    public EventCallback<(PointSelection Selection, double X, double Y)> OnSelect { get; set; }

    private static double ShareOf(FunnelBars bars, int index) => bars.Steps[index].Step.ConversionFromFirst ?? 0;

    private static string Height(double share) => (share * 100).ToString("0.##", CultureInfo.InvariantCulture) + "%";
}
