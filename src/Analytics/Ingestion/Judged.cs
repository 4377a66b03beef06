using Rondo.Analytics.Contracts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Ingestion;

/// <summary>The records of one request, sorted into those to be stored, by project, and those refused.</summary>
internal sealed class Judged<T>(IngestionCounters counters, int recordCount)
{
    private readonly Dictionary<ProjectId, List<T>> _byProject = [];
    private readonly List<RefusedRecord> _refused = [];
    private readonly List<(ProjectId Project, DropReason Reason)> _drops = [];
    private int _acceptedCount;

    public IReadOnlyDictionary<ProjectId, List<T>> ByProject => _byProject;

    public IReadOnlyList<T> Of(ProjectId project) => _byProject.GetValueOrDefault(project) ?? [];

    /// <summary>Keeps what one record became; a profile update may become several.</summary>
    public void Accept(ProjectId project, params ReadOnlySpan<T> records)
    {
        if (!_byProject.TryGetValue(project, out var accepted))
        {
            // A request nearly always speaks of one project.
            accepted = new List<T>(recordCount);
            _byProject.Add(project, accepted);
        }

        accepted.AddRange(records);
        _acceptedCount++;
    }

    public void Refuse(int index, Project? project, Fault fault, string? key)
    {
        _drops.Add((project?.Id ?? default, fault.Reason));
        _refused.Add(new RefusedRecord(index, fault.Reason, fault.Field, fault.Message, key));
    }

    /// <summary>Counts the drops and says what became of the request. Called once the good records are durable, since a sender
    /// who was turned away sends the same drops again.</summary>
    public IntakeReport Report()
    {
        foreach (var drops in _drops.CountBy(drop => drop))
        {
            counters.CountDropped(drops.Key.Project, drops.Key.Reason, drops.Value);
        }

        return new IntakeReport(_acceptedCount, _refused);
    }
}
