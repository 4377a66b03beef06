using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Web.Frame;

namespace Rondo.Web.Components.Reports;

/// <summary>Where a report is shown.</summary>
internal static class ReportPath
{
    /// <summary>The address of the report that a point belongs to.</summary>
    public static string Of(ProjectId project, ReportPoint point) => point switch
    {
        InsightsPoint insights => Of(project, "insights", insights.Query),
        FunnelPoint funnel => Of(project, "funnels", funnel.Query),
        RetentionPoint retention => Of(project, "retention", retention.Query),
        FrequencyPoint frequency => Of(project, "retention/frequency", frequency.Query),
        FlowPoint flow => Of(project, "flows", flow.Query),
        FlowPathPoint path => Of(project, "flows", path.Query),
        _ => throw new InvalidOperationException($"{point.GetType().Name} is not a kind of point."),
    };

    private static string Of<TQuery>(ProjectId project, string page, TQuery query)
        where TQuery : class => ProjectPlace.PathOf(project, $"{page}?q={Uri.EscapeDataString(QueryAddress.Write(query))}");
}
