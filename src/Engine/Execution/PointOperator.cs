using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Engine.Execution;

/// <summary>The people behind a point of any report: the operator that draws the number is asked.</summary>
internal static class PointOperator
{
    public static PersonSet PeopleAt(Question question, ReportPoint point) => PointScope.Unfolded(point) switch
    {
        InsightsPoint insights => new InsightsOperator(question, insights.Query).PeopleAt(insights),
        FunnelPoint funnel => new FunnelOperator(question, funnel.Query).PeopleAt(funnel),
        RetentionPoint retention => new RetentionOperator(question, retention.Query).PeopleAt(retention),
        FrequencyPoint frequency => new FrequencyOperator(question, frequency.Query).PeopleAt(frequency),
        FlowPathPoint path => new FlowOperator(question, path.Query).PeopleAt(path),
        FlowPoint flow => new FlowOperator(question, flow.Query).PeopleAt(flow),
        _ => throw new InvalidOperationException($"{point.GetType().Name} is no point of a report."),
    };
}
