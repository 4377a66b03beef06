using Rondo.Engine.Identity;
using Rondo.Engine.Parts;

namespace Rondo.Engine.Head;

/// <summary>The first rows of a head as runs: one for each name and a timeline. Thread-safe; each run is made once, when asked for.</summary>
internal sealed class HeadRuns(EventHead head, RowKey[] rows, int[] rowsInName, int rowCount, int nameCount, RunShape shape, IdSnapshot ids)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Run?> _named = [];
    private int[]? _order;
    private int[][]? _orderByName;
    private TieCollector? _ties;
    private Run? _timeline;

    /// <summary>Rows of all names, duplicates included.</summary>
    public int RowCount => rowCount;

    public IdSnapshot Ids => ids;

    /// <summary>The run of a name; null when there is none of it.</summary>
    public Run? Named(int name, string eventName)
    {
        lock (_gate)
        {
            if (!_named.TryGetValue(name, out var run))
            {
                Sort();
                run = name < nameCount && _orderByName![name] is { Length: > 0 } order ? Build(name, eventName, order) : null;
                _named.Add(name, run);
            }

            return run;
        }
    }

    /// <summary>The names that have rows.</summary>
    public IReadOnlyList<int> Names
    {
        get
        {
            lock (_gate)
            {
                Sort();
                return [.. Enumerable.Range(0, nameCount).Where(name => _orderByName![name].Length > 0)];
            }
        }
    }

    /// <summary>All rows without their properties.</summary>
    public Run Timeline()
    {
        lock (_gate)
        {
            if (_timeline is null)
            {
                Sort();
                var builder = new RunBuilder(_order!.Length, (shape & RunShape.Milliseconds) | RunShape.EventNames | ShapeOfIds(_order), nameCount);
                foreach (var index in _order)
                {
                    builder.Add(ids.Canonical[rows[index].Id], rows[index]);
                }

                _timeline = builder.ToRun(null, ids.MergeCount, NoProperties.Instance, null);
            }

            return _timeline;
        }
    }

    /// <summary>The numbers of the ids that have events here.</summary>
    public IReadOnlyCollection<int> IdsSeen()
    {
        var seen = new HashSet<int>();
        for (var index = 0; index < rowCount; index++)
        {
            seen.Add(rows[index].Id);
        }

        return seen;
    }

    private void Sort()
    {
        if (_order is not null)
        {
            return;
        }

        var order = new RowOrder(rows, rowCount, ids).Of();
        var counts = new int[nameCount];
        foreach (var index in order)
        {
            counts[rows[index].Name]++;
        }

        var byName = counts.Select(count => new int[count]).ToArray();
        _ties = new TieCollector(nameCount);
        Array.Clear(counts);
        foreach (var index in order)
        {
            var name = rows[index].Name;
            _ties.Add(ids.Canonical[rows[index].Id], rows[index].Time, name, counts[name]);
            byName[name][counts[name]++] = index;
        }

        _ties.Finish();
        _orderByName = byName;
        _order = order;
    }

    private Run Build(int name, string eventName, int[] order)
    {
        var builder = new RunBuilder(order.Length, shape | ShapeOfIds(order));
        var last = -1;
        foreach (var index in order)
        {
            last = Math.Max(last, rowsInName[index]);
            builder.Add(ids.Canonical[rows[index].Id], rows[index]);
        }

        var runRows = new int[last + 1];
        Array.Fill(runRows, -1);
        for (var row = 0; row < order.Length; row++)
        {
            runRows[rowsInName[order[row]]] = row;
        }

        return builder.ToRun(eventName, ids.MergeCount, new HeadProperties(head, name, runRows, order.Length), _ties!.Of(name));
    }

    private RunShape ShapeOfIds(int[] order) =>
        order.Any(index => ids.Canonical[rows[index].Id] != rows[index].Id) ? RunShape.Ids : RunShape.Plain;

    /// <summary>The properties of one name, made into columns when first asked for.</summary>
    private sealed class HeadProperties(EventHead head, int name, int[] runRows, int rowCount) : IPropertySource
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<string, PropertyColumns?> _columns = new(StringComparer.Ordinal);

        public IReadOnlyCollection<string> Names => head.PropertiesOf(name);

        public PropertyColumns? Find(string property)
        {
            lock (_gate)
            {
                if (!_columns.TryGetValue(property, out var columns))
                {
                    columns = head.ColumnsOf(name, property, runRows, rowCount);
                    _columns.Add(property, columns);
                }

                return columns;
            }
        }
    }
}
