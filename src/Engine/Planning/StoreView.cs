using Rondo.Engine.Catalog;
using Rondo.Engine.Head;
using Rondo.Engine.Identity;
using Rondo.Engine.Parts;
using Rondo.Engine.Profiles;

namespace Rondo.Engine.Planning;

/// <summary>The store at one moment: parts, heads with their visible rows, and who is who. Dispose it after the question.</summary>
internal sealed class StoreView : IDisposable
{
    private readonly EventNameSnapshot _names;
    private readonly RunSource[] _sources;
    private readonly RunSource[] _heads;

    /// <param name="parts">Acquired for this view; released when it is disposed.</param>
    /// <param name="heads">Oldest first.</param>
    /// <param name="ids">Who is who.</param>
    /// <param name="names">The event names.</param>
    /// <param name="profiles">Current profiles.</param>
    public StoreView(IReadOnlyList<Part> parts, IReadOnlyList<HeadRuns> heads, IdSnapshot ids, EventNameSnapshot names, ProfileTable profiles)
    {
        Parts = parts;
        Ids = ids;
        Profiles = profiles;
        _names = names;
        _heads = [.. heads.Select((head, age) => new RunSource(parts.Count + age, number => head.Named(number, names.Names[number]), head.Timeline))];
        _sources = [.. parts.Select((part, age) => new RunSource(age, number => part.Open(names.Names[number]), () => part.Open(null))), .. _heads];
    }

    /// <summary>Some rows of another view, taken out.</summary>
    public StoreView(RunSource source, IdSnapshot ids, EventNameSnapshot names, ProfileTable profiles)
    {
        Parts = [];
        Ids = ids;
        Profiles = profiles;
        _names = names;
        _heads = [];
        _sources = [source];
    }

    public IdSnapshot Ids { get; }

    public EventNameSnapshot Names => _names;

    /// <summary>Names by number.</summary>
    public string[] EventNames => _names.Names;

    public ProfileTable Profiles { get; }

    public IReadOnlyList<Part> Parts { get; }

    /// <summary>The number of a name; −1 for one never seen.</summary>
    public int NumberOf(string eventName) => _names.Numbers.GetValueOrDefault(eventName, -1);

    /// <summary>The runs of a name, oldest first.</summary>
    public IEnumerable<Run> RunsOf(string eventName)
    {
        var number = NumberOf(eventName);
        return number < 0 ? [] : _sources.Select(source => source.Named(number)).OfType<Run>();
    }

    /// <summary>How many rows each run of a name has, with the first and the last time. Parts need not be opened for it, so what is damaged is in.</summary>
    public IEnumerable<(string Name, int RowCount, long First, long Last)> Extents()
    {
        var inParts = Parts.SelectMany(part => part.Runs).Where(run => run.EventName is not null && !run.IsSparse).Select(run => (run.EventName!, run.RowCount, run.First, run.Last));
        var inHeads = _heads.SelectMany(head => Enumerable.Range(0, EventNames.Length).Select(head.Named).OfType<Run>()).Select(run => (run.EventName!, run.RowCount, run.Span.First, run.Span.Last));
        return inParts.Concat(inHeads);
    }

    /// <summary>The timelines, oldest first.</summary>
    public IEnumerable<Run> Timelines() => _sources.Select(source => source.Timeline()).OfType<Run>().Where(run => run.RowCount > 0);

    /// <summary>The part or head that gave a run to this view.</summary>
    public RunSource SourceOf(Run run) => _sources.First(source => source.Gave(run.Stored));

    public void Dispose()
    {
        foreach (var part in Parts)
        {
            part.Release();
        }
    }
}

/// <summary>A part or a head: its runs by number of the name, each taken once, so that one view never meets two objects for one run.</summary>
/// <param name="age">Its place among all of them, oldest first.</param>
/// <param name="openNamed">Opens the run of a name.</param>
/// <param name="openTimeline">Opens the timeline.</param>
internal sealed class RunSource(int age, Func<int, Run?> openNamed, Func<Run?> openTimeline)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Run?> _named = [];
    private readonly HashSet<Run> _given = [];
    private Run? _timeline;

    public int Age => age;

    public Run? Named(int number)
    {
        lock (_gate)
        {
            if (!_named.TryGetValue(number, out var run))
            {
                run = openNamed(number);
                _named.Add(number, run);
                if (run is not null)
                {
                    _given.Add(run);
                }
            }

            return run;
        }
    }

    public Run? Timeline()
    {
        lock (_gate)
        {
            if (_timeline is null && openTimeline() is { } run)
            {
                _timeline = run;
                _given.Add(run);
            }

            return _timeline;
        }
    }

    public bool Gave(Run run)
    {
        lock (_gate)
        {
            return _given.Contains(run);
        }
    }
}
