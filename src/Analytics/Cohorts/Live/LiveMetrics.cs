using System.Diagnostics.Metrics;
using NodaTime;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Cohorts.Live;

/// <summary>How late and how right live cohorts are.</summary>
internal sealed class LiveMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Histogram<double> _lag;
    private readonly Histogram<double> _round;
    private readonly Counter<long> _changes;
    private readonly Counter<long> _differences;

    public LiveMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("Rondo.Cohorts");
        _lag = _meter.CreateHistogram<double>("rondo.cohorts.lag", "s", "From the receipt of a batch to the moment its changes of memberships are readable.");
        _round = _meter.CreateHistogram<double>("rondo.cohorts.round", "s", "Looking at persons and writing down what changed.");
        _changes = _meter.CreateCounter<long>("rondo.cohorts.changes", "{person}", "Persons who entered or left a cohort.");
        _differences = _meter.CreateCounter<long>("rondo.cohorts.differences", "{person}", "Persons whom a comparison with a full computation found missing or in excess: each is a bug.");
    }

    public void NoteLag(ProjectId project, Duration lag) => _lag.Record(Math.Max(0, lag.TotalSeconds), new KeyValuePair<string, object?>("project", project.Value));

    public void NoteRound(ProjectId project, TimeSpan length, int changeCount)
    {
        _round.Record(length.TotalSeconds, new KeyValuePair<string, object?>("project", project.Value));
        _changes.Add(changeCount, new KeyValuePair<string, object?>("project", project.Value));
    }

    public void NoteDifferences(ProjectId project, int personCount) => _differences.Add(personCount, new KeyValuePair<string, object?>("project", project.Value));

    public void Dispose() => _meter.Dispose();
}
