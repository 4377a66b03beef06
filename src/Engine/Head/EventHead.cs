using Rondo.Engine.Identity;
using Rondo.Engine.Parts;
using Rondo.Model.Events;

namespace Rondo.Engine.Head;

/// <summary>
/// Recent events in memory, column by column in the order of acceptance. Written under the store's gate. Readers take the
/// head at one moment (<see cref="RunsNow"/>); it is kept until more events or merges are seen.
/// </summary>
internal sealed class EventHead
{
    private readonly Lock _gate = new();
    private readonly Growing<RowKey> _rows = new();
    private readonly Growing<int> _rowsInName = new();
    private readonly List<NameRows?> _byName = [];
    private RunShape _shape;
    private HeadRuns? _runs;

    /// <summary>Rows of all names.</summary>
    public int RowCount => _rows.Count;

    /// <summary>When the first row came; null while empty.</summary>
    public DateTimeOffset? Since { get; private set; }

    /// <param name="row">The event.</param>
    /// <param name="properties">Its properties.</param>
    /// <param name="now">The time.</param>
    public void Add(in RowKey row, IReadOnlyList<Property> properties, DateTimeOffset now)
    {
        lock (_gate)
        {
            while (_byName.Count <= row.Name)
            {
                _byName.Add(null);
            }

            var name = _byName[row.Name] ??= new NameRows();
            _rows.Add(row);
            _rowsInName.Add(name.RowCount);
            name.Add(properties);
            _shape |= (row.Time % 1000 == 0 ? 0 : RunShape.Milliseconds)
                | (row.InsertKey == 0 ? 0 : RunShape.InsertKeys)
                | (row.Device == 0 ? 0 : RunShape.Devices)
                | (row.IsUserUntold ? RunShape.UntoldUsers : 0);
            Since ??= now;
        }
    }

    /// <summary>The head at this moment; the runs are made when they are asked for.</summary>
    public HeadRuns RunsNow(IdSnapshot ids)
    {
        lock (_gate)
        {
            if (_runs is null || _runs.RowCount != RowCount || _runs.Ids.MergeCount != ids.MergeCount)
            {
                _runs = new HeadRuns(this, _rows.Values, _rowsInName.Values, RowCount, _byName.Count, _shape, ids);
            }

            return _runs;
        }
    }

    /// <summary>The rows at this moment, as they came.</summary>
    public HeadRows RowsNow()
    {
        lock (_gate)
        {
            return new HeadRows(this, _rows.Values, _rowsInName.Values, RowCount, _byName.Count, _shape);
        }
    }

    /// <summary>The columns of a property of one name; null when no row has it.</summary>
    /// <remarks>See <see cref="PropertyLog.ToColumns"/>.</remarks>
    public PropertyColumns? ColumnsOf(int name, string property, int[] runRows, int rowCount)
    {
        lock (_gate)
        {
            return _byName[name]?.Properties.GetValueOrDefault(property)?.ToColumns(runRows, rowCount);
        }
    }

    /// <summary>The properties of one name.</summary>
    public string[] PropertiesOf(int name)
    {
        lock (_gate)
        {
            return _byName[name] is { } rows ? [.. rows.Properties.Keys] : [];
        }
    }

    private sealed class NameRows
    {
        public Dictionary<string, PropertyLog> Properties { get; } = new(StringComparer.Ordinal);

        public int RowCount { get; private set; }

        public void Add(IReadOnlyList<Property> properties)
        {
            for (var index = 0; index < properties.Count; index++)
            {
                var (name, value) = properties[index];
                if (!value.IsSet)
                {
                    continue;
                }

                if (!Properties.TryGetValue(name, out var log))
                {
                    Properties.Add(name, log = new PropertyLog());
                }

                log.Add(RowCount, value);
            }

            RowCount++;
        }
    }
}
