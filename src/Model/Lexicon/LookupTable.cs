using System.Collections.Immutable;
using Rondo.Model.Events;

namespace Rondo.Model.Lexicon;

/// <summary>A table whose rows are found by the text of their first column.</summary>
public sealed class LookupTable
{
    private readonly ImmutableDictionary<string, int> _columns;
    private readonly Dictionary<string, PropertyValue[]> _rows;

    /// <param name="columns">Names of all columns, the key first; none twice.</param>
    /// <param name="rows">Per row the key and the values of the other columns; no key twice.</param>
    public LookupTable(ImmutableArray<string> columns, IEnumerable<(string Key, PropertyValue[] Values)> rows)
    {
        Columns = columns;
        _columns = columns.Skip(1).Select((name, index) => (name, index)).ToImmutableDictionary(column => column.name, column => column.index);
        _rows = rows.ToDictionary(row => row.Key, row => row.Values, StringComparer.Ordinal);
    }

    /// <summary>Names of all columns, the key first.</summary>
    public ImmutableArray<string> Columns { get; }

    /// <summary>How many rows it has.</summary>
    public int RowCount => _rows.Count;

    /// <summary>Whether the column is there and is not the key.</summary>
    public bool Has(string column) => _columns.ContainsKey(column);

    /// <summary>What a column holds for a key; a list is looked up item by item. Not set where there is no such row.</summary>
    public PropertyValue Find(string column, PropertyValue key)
    {
        if (!_columns.TryGetValue(column, out var index))
        {
            return PropertyValue.Null;
        }

        return key.Kind == PropertyKind.List
            ? PropertyValue.Of([.. key.Items.Select(item => FindOne(index, item)).Where(value => value.IsSet)])
            : FindOne(index, key);
    }

    private PropertyValue FindOne(int column, PropertyValue key) =>
        key.ToText() is { } text && _rows.TryGetValue(text, out var row) ? row[column] : PropertyValue.Null;
}
