using Rondo.Engine.Head;
using Rondo.Engine.Identity;
using Rondo.Engine.Parts;
using Rondo.Engine.Profiles;
using Rondo.Model.Events;

namespace Rondo.Engine.Planning;

/// <summary>The store at one moment: parts, heads with their visible rows, and who is who. Dispose it after the question.</summary>
internal sealed class StoreView : IDisposable
{
    private readonly IReadOnlyList<Part> _parts;
    private readonly IReadOnlyList<(EventHead Head, int[] Counts)> _heads;

    /// <param name="parts">Acquired for this view; released when it is disposed.</param>
    /// <param name="heads">Oldest first.</param>
    /// <param name="ids">Who is who.</param>
    /// <param name="eventNames">Names by number.</param>
    /// <param name="profiles">Current profiles.</param>
    public StoreView(IReadOnlyList<Part> parts, IReadOnlyList<(EventHead Head, int[] Counts)> heads, IdSnapshot ids, string[] eventNames, ProfileTable profiles)
    {
        _parts = parts;
        _heads = heads;
        Ids = ids;
        EventNames = eventNames;
        Profiles = profiles;
    }

    public IdSnapshot Ids { get; }

    /// <summary>Names by number.</summary>
    public string[] EventNames { get; }

    public ProfileTable Profiles { get; }

    public IReadOnlyList<Part> Parts => _parts;

    /// <summary>The runs of a name, oldest first.</summary>
    public IEnumerable<Run> RunsOf(string eventName)
    {
        foreach (var part in _parts)
        {
            if (part.Open(eventName) is { } run)
            {
                yield return run;
            }
        }

        var name = Array.IndexOf(EventNames, eventName);
        foreach (var (head, counts) in _heads)
        {
            if (name >= 0 && name < counts.Length && counts[name] > 0)
            {
                yield return head.RunOf(name, eventName, counts[name], Ids);
            }
        }
    }

    /// <summary>The timelines, oldest first.</summary>
    public IEnumerable<Run> Timelines()
    {
        foreach (var part in _parts)
        {
            if (part.Open(null) is { } run)
            {
                yield return run;
            }
        }

        foreach (var (head, counts) in _heads)
        {
            if (counts.Any(count => count > 0))
            {
                yield return head.Timeline(counts, Ids);
            }
        }
    }

    /// <summary>The runs of every activity name.</summary>
    public IEnumerable<Run> ActivityRuns() => EventNames.Where(name => !WellKnownEvents.NotActivity.Contains(name)).SelectMany(RunsOf);

    public void Dispose()
    {
        foreach (var part in _parts)
        {
            part.Release();
        }
    }
}
