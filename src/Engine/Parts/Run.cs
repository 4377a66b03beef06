namespace Rondo.Engine.Parts;

/// <summary>
/// Rows of one event name, or of every name (a timeline), person by person, each person's by time and then by arrival.
/// Immutable. The columns lie in a mapped file or in native memory; they stay where they are as long as the run is alive.
/// </summary>
/// <remarks>
/// A person is the canonical person when the run was written; persons merged later are dealt with by
/// <see cref="LateMerges"/>. Within a run there are no duplicates. Nobody (person 0) comes first.
/// </remarks>
internal sealed unsafe class Run
{
    private static int _lastOrdinal;

    private readonly object _owner;
    private readonly IPropertySource _properties;
    private readonly Lazy<(long First, long Last)> _span;
    private readonly Run? _stored;
    private LateMerges? _lateMerges;

    public Run(string? eventName, int mergeWatermark, RunColumns columns, IPropertySource properties, object owner)
    {
        EventName = eventName;
        MergeWatermark = mergeWatermark;
        Columns = columns;
        _properties = properties;
        _owner = owner;
        _span = new Lazy<(long First, long Last)>(FindSpan);
        Ordinal = Interlocked.Increment(ref _lastOrdinal);
    }

    /// <summary>The same rows with more properties.</summary>
    private Run(Run stored, IPropertySource properties)
    {
        EventName = stored.EventName;
        MergeWatermark = stored.MergeWatermark;
        Columns = stored.Columns;
        _properties = properties;
        _owner = stored._owner;
        _span = stored._span;
        _stored = stored;
        Ordinal = stored.Ordinal;
    }

    /// <summary>The run as the store has it: this one, or the one whose rows it shows with more properties.</summary>
    public Run Stored => _stored ?? this;

    /// <summary>Names this object among all runs of the process, so that a row has a number of its own.</summary>
    public int Ordinal { get; }

    /// <summary>The event's name; null for a timeline.</summary>
    public string? EventName { get; }

    /// <summary>Number of rows.</summary>
    public int RowCount => Columns.RowCount;

    /// <summary>How many merges were known when persons were resolved.</summary>
    public int MergeWatermark { get; }

    /// <summary>The columns that every row has.</summary>
    public RunColumns Columns { get; }

    /// <summary>The persons that have rows, ascending.</summary>
    public ReadOnlySpan<int> Persons => new(Columns.Persons, Columns.PersonCount);

    /// <summary>When the earliest and the latest row happened, milliseconds since 1970. Found once, in O(rows).</summary>
    public (long First, long Last) Span => _span.Value;

    /// <summary>The columns of one property; null when no row has it.</summary>
    public PropertyColumns? Property(string name) => _properties.Find(name);

    /// <summary>The names of all properties of these rows.</summary>
    public IReadOnlyCollection<string> PropertyNames => _properties.Names;

    /// <summary>The same rows, whose properties are those that <paramref name="with"/> makes of its own.</summary>
    public Run With(Func<IPropertySource, IPropertySource> with) => new(this, with(_properties));

    /// <summary>Index among the persons of a person or, if it has no rows, of the next one.</summary>
    public int IndexOfPerson(int person)
    {
        var index = Persons.BinarySearch(person);
        GC.KeepAlive(_owner);
        return index < 0 ? ~index : index;
    }

    /// <summary>The rows of the person at an index among the persons.</summary>
    public (int Start, int End) RowsAt(int index) => (Columns.Starts[index], Columns.Starts[index + 1]);

    /// <summary>A person's rows.</summary>
    public (int Start, int End) RowsOf(int person)
    {
        var index = IndexOfPerson(person);
        var isThere = index < Columns.PersonCount && Columns.Persons[index] == person;
        var rows = isThere ? (Columns.Starts[index], Columns.Starts[index + 1]) : (0, 0);
        GC.KeepAlive(_owner);
        return rows;
    }

    /// <summary>The rows whose person was merged after this run was written, as seen by a snapshot; null when there are none.</summary>
    public LateMerges? LateMergesAt(Identity.IdSnapshot ids)
    {
        if (_stored is not null)
        {
            return _stored.LateMergesAt(ids);
        }

        if (ids.MergeCount <= MergeWatermark)
        {
            return null;
        }

        var cached = Volatile.Read(ref _lateMerges);
        if (cached is null || cached.MergeCount != ids.MergeCount)
        {
            cached = LateMerges.Of(this, ids);
            Volatile.Write(ref _lateMerges, cached);
        }

        return cached.IsEmpty ? null : cached;
    }

    private (long First, long Last) FindSpan()
    {
        var times = Columns.Times;
        var (first, last) = (long.MaxValue, long.MinValue);
        for (var row = 0; row < RowCount; row++)
        {
            var time = times[row];
            first = Math.Min(first, time);
            last = Math.Max(last, time);
        }

        GC.KeepAlive(_owner);
        return (first, last);
    }
}

/// <summary>Where the columns of a run begin. Columns that would say nothing new are absent.</summary>
internal readonly unsafe struct RunColumns
{
    public int RowCount { get; init; }

    public int PersonCount { get; init; }

    /// <summary>Per person the canonical number when written, ascending.</summary>
    public int* Persons { get; init; }

    /// <summary>Per person the first row, and one more value: the number of rows.</summary>
    public int* Starts { get; init; }

    /// <summary>Per row when it happened.</summary>
    public RowTimes Times { get; init; }

    /// <summary>Per row the hash of the insert id, 0 for none; null when no row has one, and in a timeline.</summary>
    public uint* InsertKeys { get; init; }

    /// <summary>Per row the id as ingested; null when it is the person's own everywhere.</summary>
    public int* Ids { get; init; }

    /// <summary>Per row the number of the device's id, 0 for none; null when no row names one.</summary>
    public int* Devices { get; init; }

    /// <summary>Per row 1 when the id does not tell whether a user was named (see <see cref="RowKey"/>); null when it always does.</summary>
    public byte* UntoldUsers { get; init; }

    /// <summary>In a timeline, per row the number of the event name in the store.</summary>
    public CodeColumn EventNames { get; init; }

    /// <summary>Rows that share person and time with a row of another name; null when there are none.</summary>
    public TieRanks? Ties { get; init; }
}

/// <summary>The properties of a run's rows.</summary>
internal interface IPropertySource
{
    IReadOnlyCollection<string> Names { get; }

    PropertyColumns? Find(string name);
}

/// <summary>A run of the timeline has none.</summary>
internal sealed class NoProperties : IPropertySource
{
    public static readonly NoProperties Instance = new();

    public IReadOnlyCollection<string> Names => [];

    public PropertyColumns? Find(string name) => null;
}
