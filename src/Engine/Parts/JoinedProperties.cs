using System.Runtime.InteropServices;
using Rondo.Model.Events;

namespace Rondo.Engine.Parts;

/// <summary>Where each row of a joined run came from, in order.</summary>
internal sealed unsafe class JoinedRows(int capacity)
{
    private readonly NativeColumn<long> _rows = new(capacity, isZeroed: false);

    public int Count { get; private set; }

    public void Add(int run, int row) => _rows.Start[Count++] = ((long)run << 32) | (uint)row;

    public (int Run, int Row) this[int index]
    {
        get
        {
            var place = _rows.Start[index];
            return ((int)(place >> 32), (int)place);
        }
    }
}

/// <summary>The properties of a joined run, each put together when it is asked for.</summary>
internal sealed class JoinedProperties(Run[] runs, JoinedRows rows) : IPropertySource
{
    public IReadOnlyCollection<string> Names { get; } = [.. runs.SelectMany(run => run.PropertyNames).Distinct(StringComparer.Ordinal)];

    public PropertyColumns? Find(string name)
    {
        var sources = runs.Select(run => run.Property(name)).ToArray();
        return new PropertyColumns(
            Join([.. sources.Select(source => source?.Texts)]),
            Join([.. sources.Select(source => source?.Others)]),
            Join([.. sources.Select(source => source?.Numbers)]));
    }

    private CodedColumn? Join(CodedColumn?[] sources)
    {
        if (Array.TrueForAll(sources, source => source is null))
        {
            return null;
        }

        var numbers = new Dictionary<PropertyValue, int>();
        var values = new List<PropertyValue> { PropertyValue.Null };
        var codesOf = sources.Select(source => source is null ? null : Array.ConvertAll(source.Values, value =>
        {
            if (!value.IsSet)
            {
                return 0;
            }

            ref var code = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, value, out var exists);
            if (!exists)
            {
                code = values.Count;
                values.Add(value);
            }

            return code;
        })).ToArray();
        var column = new CodedColumnBuilder(rows.Count, values.Count);
        for (var index = 0; index < rows.Count; index++)
        {
            var (run, row) = rows[index];
            if (codesOf[run] is { } codes)
            {
                column.Set(index, codes[sources[run]!.Codes[row]]);
            }
        }

        GC.KeepAlive(sources);
        return column.ToColumn([.. values]);
    }

    private NumberColumn? Join(NumberColumn?[] sources)
    {
        if (Array.TrueForAll(sources, source => source is null))
        {
            return null;
        }

        var column = new NumberColumnBuilder(rows.Count, sources.Max(source => source?.Width ?? NumberWidth.Int8));
        for (var index = 0; index < rows.Count; index++)
        {
            var (run, row) = rows[index];
            if (sources[run]?.ValueAt(row) is { } value && !double.IsNaN(value))
            {
                column.Set(index, value);
            }
        }

        return column.ToColumn();
    }
}
