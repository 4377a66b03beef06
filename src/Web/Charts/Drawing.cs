using System.Text.Json.Serialization;

namespace Rondo.Web.Charts;

/// <summary>What a chart shows. How it looks (axes, tooltips, colours of the theme) is decided in the browser.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(LineDrawing), "line")]
[JsonDerivedType(typeof(BarDrawing), "bar")]
[JsonDerivedType(typeof(SankeyDrawing), "sankey")]
public abstract record Drawing;

/// <summary>Lines or bars over buckets.</summary>
public abstract record BucketDrawing : Drawing
{
    /// <summary>The labels below, one per bucket.</summary>
    public required IReadOnlyList<string> Buckets { get; init; }

    public required IReadOnlyList<DrawnSeries> Series { get; init; }

    /// <summary>Index of the first bucket that may still change; drawn dashed or hatched from there.</summary>
    public required int FirstIncomplete { get; init; }

    /// <summary>Said in the tooltip of buckets that may still change.</summary>
    public required string IncompleteNote { get; init; }

    /// <summary>Whether values are shares, 0 to 1.</summary>
    public bool IsPercent { get; init; }

    /// <summary>Whether the axis of shares always reaches 100 %.</summary>
    public bool FullScale { get; init; }
}

/// <summary>Lines.</summary>
public sealed record LineDrawing : BucketDrawing;

/// <summary>Bars.</summary>
public sealed record BarDrawing : BucketDrawing
{
    public bool IsStacked { get; init; }
}

/// <summary>One line, or the bars of one colour.</summary>
/// <param name="Key">Stays the same for the same thing, so that it moves rather than blinks.</param>
/// <param name="Name">In legend and tooltip.</param>
/// <param name="Color">From the palette.</param>
/// <param name="Values">One per bucket; null where there is none.</param>
/// <param name="FirstIncomplete">Where this line's own values may still change; null for the drawing's.</param>
/// <param name="IsStrong">Drawn thicker.</param>
/// <param name="HasArea">Shaded below.</param>
public sealed record DrawnSeries(string Key, string Name, string Color, IReadOnlyList<double?> Values, int? FirstIncomplete = null, bool IsStrong = false, bool HasArea = false);

/// <summary>Paths.</summary>
public sealed record SankeyDrawing : Drawing
{
    /// <summary>What shares in tooltips are of.</summary>
    public required long Whole { get; init; }

    public required IReadOnlyList<DrawnNode> Nodes { get; init; }

    public required IReadOnlyList<DrawnLink> Links { get; init; }
}

/// <summary>A node; <paramref name="Kind"/> is anchor, event, other or dropOff.</summary>
public sealed record DrawnNode(string Key, string Title, int Depth, long Count, string Kind, string Color);

/// <summary>A link between two nodes by their keys.</summary>
public sealed record DrawnLink(string From, string To, long Count, string FromTitle, string ToTitle);

/// <summary>A click: for lines and bars the series and bucket; for paths 0 and the node, or 1 and the link; with the place in the window.</summary>
public sealed record ChartClick(int Series, int Index, double X, double Y);
