using Rondo.Model.Events;

namespace Rondo.Engine.Parts;

/// <summary>Makes a column of codes; rows that are not set have code 0.</summary>
internal sealed unsafe class CodedColumnBuilder
{
    private readonly NativeColumn<byte> _codes;
    private readonly int _width;

    /// <param name="rowCount">Rows.</param>
    /// <param name="valueCount">Distinct values, the one for "not set" included.</param>
    public CodedColumnBuilder(int rowCount, int valueCount)
    {
        _width = CodeColumn.WidthFor(valueCount);
        _codes = new NativeColumn<byte>(checked(rowCount * _width));
    }

    public void Set(int row, int code)
    {
        switch (_width)
        {
            case 1: _codes.Start[row] = (byte)code; break;
            case 2: ((ushort*)_codes.Start)[row] = (ushort)code; break;
            default: ((int*)_codes.Start)[row] = code; break;
        }
    }

    public CodedColumn ToColumn(PropertyValue[] values) => new(new CodeColumn((nint)_codes.Start, _width), values, _codes);
}

/// <summary>Makes a column of numbers; rows that are not set are NaN.</summary>
internal sealed unsafe class NumberColumnBuilder
{
    private readonly NativeColumn<byte> _values;
    private readonly NumberWidth _width;

    public NumberColumnBuilder(int rowCount, NumberWidth width)
    {
        _width = width;
        _values = new NativeColumn<byte>(checked(rowCount * NumberColumn.BytesOf(width)), isZeroed: false);
        switch (width)
        {
            case NumberWidth.Int8: new Span<sbyte>(_values.Start, rowCount).Fill(sbyte.MinValue); break;
            case NumberWidth.Int16: new Span<short>(_values.Start, rowCount).Fill(short.MinValue); break;
            case NumberWidth.Int32: new Span<int>(_values.Start, rowCount).Fill(int.MinValue); break;
            default: new Span<double>(_values.Start, rowCount).Fill(double.NaN); break;
        }
    }

    public void Set(int row, double value)
    {
        switch (_width)
        {
            case NumberWidth.Int8: ((sbyte*)_values.Start)[row] = (sbyte)value; break;
            case NumberWidth.Int16: ((short*)_values.Start)[row] = (short)value; break;
            case NumberWidth.Int32: ((int*)_values.Start)[row] = (int)value; break;
            default: ((double*)_values.Start)[row] = value; break;
        }
    }

    public NumberColumn ToColumn() => new((nint)_values.Start, _width, _values);
}
