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
        var texts = Join([.. sources.Select(source => source?.Texts)]);
        var others = Join([.. sources.Select(source => source?.Others)]);
        var numbers = Join([.. sources.Select(source => source?.Numbers)]);
        return texts is null && others is null && numbers is null ? null : new PropertyColumns(texts, others, numbers);
    }

    private CodedColumn? Join(CodedColumn?[] sources)
    {
        if (Array.TrueForAll(sources, source => source is null))
        {
            return null;
        }

        // Only values that a row still has go into the dictionary: one of an erased person must not stay in it.
        var numbers = new Dictionary<PropertyValue, int>();
        var values = new List<PropertyValue> { PropertyValue.Null };
        var used = UsedCodes(sources);
        var codesOf = new int[]?[sources.Length];
        for (var run = 0; run < sources.Length; run++)
        {
            if (sources[run] is not { } source)
            {
                continue;
            }

            var codes = codesOf[run] = new int[source.Values.Length];
            for (var old = 1; old < codes.Length; old++)
            {
                if (!used[run]![old])
                {
                    continue;
                }

                ref var code = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, source.Values[old], out var exists);
                if (!exists)
                {
                    code = values.Count;
                    values.Add(source.Values[old]);
                }

                codes[old] = code;
            }
        }

        if (values.Count == 1)
        {
            return null;
        }

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

    private bool[]?[] UsedCodes(CodedColumn?[] sources)
    {
        var used = Array.ConvertAll(sources, source => source is null ? null : new bool[source.Values.Length]);
        for (var index = 0; index < rows.Count; index++)
        {
            var (run, row) = rows[index];
            if (used[run] is { } codes)
            {
                codes[sources[run]!.Codes[row]] = true;
            }
        }

        return used;
    }

    private NumberColumn? Join(NumberColumn?[] sources)
    {
        if (Array.TrueForAll(sources, source => source is null))
        {
            return null;
        }

        var column = new NumberColumnBuilder(rows.Count, sources.Max(source => source?.Width ?? NumberWidth.Int8));
        var isUsed = false;
        for (var index = 0; index < rows.Count; index++)
        {
            var (run, row) = rows[index];
            if (sources[run]?.ValueAt(row) is { } value && !double.IsNaN(value))
            {
                column.Set(index, value);
                isUsed = true;
            }
        }

        return isUsed ? column.ToColumn() : null;
    }
}
