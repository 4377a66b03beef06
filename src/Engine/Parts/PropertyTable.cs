using Rondo.Model.Events;

namespace Rondo.Engine.Parts;

/// <summary>Property columns being built in memory, one row after another or property by property.</summary>
internal sealed class PropertyTable(int rowCount) : IPropertySource
{
    private readonly Dictionary<string, Builder> _builders = new(StringComparer.Ordinal);
    private readonly string?[] _insertIds = new string?[rowCount];

    public IReadOnlyCollection<string> Names => _builders.Keys;

    public void Set(int row, string name, PropertyValue value)
    {
        if (!value.IsSet)
        {
            return;
        }

        if (!_builders.TryGetValue(name, out var builder))
        {
            _builders.Add(name, builder = new Builder(rowCount));
        }

        builder.Set(row, value);
    }

    public void SetInsertId(int row, string? insertId) => _insertIds[row] = insertId;

    public string? InsertIdOf(int row) => _insertIds[row];

    public PropertyColumns? Find(string name) => _builders.TryGetValue(name, out var builder) ? builder.Columns() : null;

    private sealed class Builder(int rowCount)
    {
        private readonly Lock _gate = new();
        private Coding? _texts;
        private Coding? _others;
        private double[]? _numbers;
        private PropertyColumns? _columns;

        public void Set(int row, PropertyValue value)
        {
            switch (value.Kind)
            {
                case PropertyKind.String: (_texts ??= new Coding(rowCount)).Set(row, value); break;
                case PropertyKind.Number: (_numbers ??= AllNaN(rowCount))[row] = value.Number; break;
                default: (_others ??= new Coding(rowCount)).Set(row, value); break;
            }
        }

        public unsafe PropertyColumns Columns()
        {
            lock (_gate)
            {
                return _columns ??= new PropertyColumns(
                    _texts?.Column(),
                    _others?.Column(),
                    _numbers is null ? null : new NumberColumn(Pinned.Pointer(_numbers), _numbers));
            }
        }

        private static double[] AllNaN(int count)
        {
            var numbers = Pinned.Array<double>(count);
            Array.Fill(numbers, double.NaN);
            return numbers;
        }
    }

    private sealed class Coding(int rowCount)
    {
        private readonly int[] _codes = GC.AllocateArray<int>(rowCount, pinned: true);
        private readonly Dictionary<PropertyValue, int> _numbers = [];
        private readonly List<PropertyValue> _values = [PropertyValue.Null];

        public void Set(int row, PropertyValue value)
        {
            if (!_numbers.TryGetValue(value, out var code))
            {
                code = _values.Count;
                _numbers.Add(value, code);
                _values.Add(value);
            }

            _codes[row] = code;
        }

        public unsafe CodedColumn Column() => new(Pinned.Pointer(_codes), [.. _values], _codes);
    }
}
