using System.Runtime.InteropServices;
using Rondo.Engine.Parts;
using Rondo.Model.Events;

namespace Rondo.Engine.Head;

/// <summary>The values of one property of one event name, in the order they came: the row, and a text, a number or something else.</summary>
internal sealed class PropertyLog
{
    private readonly CodeLog _texts = new();
    private readonly CodeLog _others = new();
    private readonly Growing<int> _numberRows = new();
    private readonly Growing<double> _numbers = new();
    private NumberWidth _width = NumberWidth.Int8;

    public void Add(int row, PropertyValue value)
    {
        switch (value.Kind)
        {
            case PropertyKind.String: _texts.Add(row, value); break;
            case PropertyKind.Number:
                _numberRows.Add(row);
                _numbers.Add(value.Number);
                _width = (NumberWidth)Math.Max((int)_width, (int)NumberColumn.WidthFor(value.Number));
                break;
            default: _others.Add(row, value); break;
        }
    }

    /// <summary>The columns of a run. Called under the head's lock.</summary>
    /// <param name="runRows">For each row of the name the row in the run, −1 for one that is not in it; rows beyond did not exist yet.</param>
    /// <param name="rowCount">Rows of the run.</param>
    public PropertyColumns ToColumns(int[] runRows, int rowCount) =>
        new(_texts.ToColumn(runRows, rowCount), _others.ToColumn(runRows, rowCount), NumbersOf(runRows, rowCount));

    private NumberColumn? NumbersOf(int[] runRows, int rowCount)
    {
        if (_numberRows.Count == 0)
        {
            return null;
        }

        var column = new NumberColumnBuilder(rowCount, _width);
        for (var index = 0; index < _numberRows.Count && _numberRows.Values[index] < runRows.Length; index++)
        {
            if (runRows[_numberRows.Values[index]] is var row and >= 0)
            {
                column.Set(row, _numbers.Values[index]);
            }
        }

        return column.ToColumn();
    }

    /// <summary>Rows with codes, and the values that the codes stand for.</summary>
    private sealed class CodeLog
    {
        private readonly Growing<int> _rows = new();
        private readonly Growing<int> _codes = new();
        private readonly Dictionary<PropertyValue, int> _numbers = [];
        private readonly List<PropertyValue> _values = [PropertyValue.Null];

        public void Add(int row, PropertyValue value)
        {
            ref var code = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, value, out var exists);
            if (!exists)
            {
                code = _values.Count;
                _values.Add(value);
            }

            _rows.Add(row);
            _codes.Add(code);
        }

        public CodedColumn? ToColumn(int[] runRows, int rowCount)
        {
            if (_rows.Count == 0)
            {
                return null;
            }

            var column = new CodedColumnBuilder(rowCount, _values.Count);
            for (var index = 0; index < _rows.Count && _rows.Values[index] < runRows.Length; index++)
            {
                if (runRows[_rows.Values[index]] is var row and >= 0)
                {
                    column.Set(row, _codes.Values[index]);
                }
            }

            return column.ToColumn([.. _values]);
        }
    }
}
