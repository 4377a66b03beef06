using Rondo.Model.Queries;

namespace Rondo.Web.Components.Reports;

/// <summary>One side of a point: those who came back, those who did not.</summary>
/// <param name="Label">On the switch between sides.</param>
/// <param name="Point">The people it stands for.</param>
/// <param name="CohortName">Proposed when a cohort is made of them.</param>
public sealed record PointSide(string Label, ReportPoint Point, string CohortName);

/// <summary>A point that was clicked.</summary>
/// <param name="Title">What it is: series and bucket, step, or event.</param>
/// <param name="Value">The number shown, as text.</param>
/// <param name="Share">The share that belongs to it, as text; null for none.</param>
/// <param name="Sides">One or two; the first is chosen at first.</param>
public sealed record PointSelection(string Title, string Value, string? Share, IReadOnlyList<PointSide> Sides);
