using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rondo.Engine.Parts;

/// <summary>
/// Rows of one event name, or of every name (a timeline), sorted by person, then time, then arrival. Immutable. The
/// columns lie in a mapped file or in pinned arrays; they stay where they are as long as the run is alive.
/// </summary>
/// <remarks>
/// A row's person is the canonical person when the run was written; persons merged later are dealt with by
/// <see cref="LateMerges"/>. Within a run there are no duplicates. Rows of nobody (person 0) come first.
/// </remarks>
internal sealed unsafe class Run
{
    private readonly object _owner;
    private readonly IPropertySource _properties;
    private LateMerges? _lateMerges;

    public Run(string? eventName, int rowCount, int mergeWatermark, RunColumns columns, IPropertySource properties, object owner)
    {
        EventName = eventName;
        RowCount = rowCount;
        MergeWatermark = mergeWatermark;
        Columns = columns;
        _properties = properties;
        _owner = owner;
    }

    /// <summary>The event's name; null for a timeline.</summary>
    public string? EventName { get; }

    /// <summary>Number of rows.</summary>
    public int RowCount { get; }

    /// <summary>How many merges were known when persons were resolved.</summary>
    public int MergeWatermark { get; }

    /// <summary>The columns that every row has.</summary>
    public RunColumns Columns { get; }

    public ReadOnlySpan<int> Persons => new(Columns.Persons, RowCount);

    public ReadOnlySpan<long> Times => new(Columns.Times, RowCount);

    /// <summary>The columns of one property; null when no row has it.</summary>
    public PropertyColumns? Property(string name) => _properties.Find(name);

    /// <summary>The names of all properties of these rows.</summary>
    public IReadOnlyCollection<string> PropertyNames => _properties.Names;

    /// <summary>The insert id of a row as it was sent; null when there was none.</summary>
    public string? InsertIdOf(int row) => _properties.InsertIdOf(row);

    /// <summary>First row of a person or, if there is none, of the next one: binary search.</summary>
    public int LowerBound(int person)
    {
        var low = 0;
        var high = RowCount;
        var persons = Columns.Persons;
        while (low < high)
        {
            var middle = (int)(((uint)low + (uint)high) >> 1);
            if (persons[middle] < person)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        GC.KeepAlive(_owner);
        return low;
    }

    /// <summary>The rows whose person was merged after this run was written, as seen by a snapshot; null when there are none.</summary>
    public LateMerges? LateMergesAt(Identity.IdSnapshot ids)
    {
        if (ids.Merges.Length <= MergeWatermark)
        {
            return null;
        }

        var cached = Volatile.Read(ref _lateMerges);
        if (cached is null || cached.MergeCount != ids.Merges.Length)
        {
            cached = LateMerges.Of(this, ids);
            Volatile.Write(ref _lateMerges, cached);
        }

        return cached.RowCount == 0 ? null : cached;
    }
}

/// <summary>Where the columns of a run begin. Each has as many values as the run has rows.</summary>
internal readonly unsafe struct RunColumns
{
    /// <summary>Canonical person when written.</summary>
    public int* Persons { get; init; }

    /// <summary>The id as ingested.</summary>
    public int* Ids { get; init; }

    /// <summary>Milliseconds since 1970, UTC.</summary>
    public long* Times { get; init; }

    /// <summary>Hash of the insert id; 0 when there was none.</summary>
    public ulong* InsertKeys { get; init; }

    /// <summary>Number of the event in the order of acceptance, unique in the store.</summary>
    public long* Arrivals { get; init; }

    /// <summary>Number of the device's id; 0 when the event named none.</summary>
    public int* Devices { get; init; }

    /// <summary>Number of the user's id; 0 when the event named none.</summary>
    public int* Users { get; init; }

    /// <summary>In a timeline, the number of the event name in the store; null in a run of one name.</summary>
    public int* EventNames { get; init; }
}

/// <summary>The properties of a run's rows.</summary>
internal interface IPropertySource
{
    IReadOnlyCollection<string> Names { get; }

    PropertyColumns? Find(string name);

    string? InsertIdOf(int row);
}

/// <summary>Arrays that never move, so that a run can point into them.</summary>
internal static unsafe class Pinned
{
    public static T[] Array<T>(int length)
        where T : unmanaged => GC.AllocateUninitializedArray<T>(length, pinned: true);

    public static T* Pointer<T>(T[] array)
        where T : unmanaged => (T*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
}
