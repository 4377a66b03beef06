using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using Rondo.Model.Events;

namespace Rondo.Engine.Parts;

/// <summary>
/// The properties of a run that few of its rows have, as an Arrow stream of its own: a line for each property and kind, with
/// the rows that have it and their values. A dense column would cost a byte or more for every row that has nothing.
/// </summary>
internal sealed class SparseProperties
{
    /// <summary>A column is sparse when one row in so many has a value, or fewer.</summary>
    private const int Share = 16;

    /// <summary>Rows below which a dense column costs too little to matter.</summary>
    private const int FewestRows = 4096;

    private readonly int _rowCount;
    private readonly ListArray _rows;
    private readonly ListArray _texts;
    private readonly ListArray _numbers;
    private readonly Dictionary<string, List<(string Kind, int Line)>> _lines = new(StringComparer.Ordinal);

    /// <param name="bytes">The stream; must stay where it is.</param>
    /// <param name="rowCount">Rows of the run.</param>
    public SparseProperties(Memory<byte> bytes, int rowCount)
    {
        _rowCount = rowCount;
        using var reader = new ArrowStreamReader(bytes);
        var batch = reader.ReadNextRecordBatch() ?? throw new InvalidDataException("A stream of sparse properties holds none.");
        var names = (StringArray)batch.Column("property");
        var kinds = (StringArray)batch.Column("kind");
        _rows = (ListArray)batch.Column("rows");
        _texts = (ListArray)batch.Column("texts");
        _numbers = (ListArray)batch.Column("numbers");
        for (var line = 0; line < batch.Length; line++)
        {
            if (!_lines.TryGetValue(names.GetString(line), out var lines))
            {
                _lines.Add(names.GetString(line), lines = []);
            }

            lines.Add((kinds.GetString(line), line));
        }
    }

    public IReadOnlyCollection<string> Names => _lines.Keys;

    public static bool IsWorthwhile(int setCount, int rowCount) => rowCount >= FewestRows && (long)setCount * Share <= rowCount;

    /// <summary>The columns of a property; null when it is not here.</summary>
    public PropertyColumns? Find(string name)
    {
        if (!_lines.TryGetValue(name, out var lines))
        {
            return null;
        }

        CodedColumn? texts = null;
        CodedColumn? others = null;
        NumberColumn? numbers = null;
        foreach (var (kind, line) in lines)
        {
            switch (kind)
            {
                case RunFile.TextKind: texts = Coded(line, PropertyValue.Of); break;
                case RunFile.OtherKind: others = Coded(line, RunFile.ParseJson); break;
                case RunFile.NumberKind: numbers = Numbers(line); break;
                default: throw new InvalidDataException($"Property '{name}' is of unknown kind '{kind}'.");
            }
        }

        return new PropertyColumns(texts, others, numbers);
    }

    private CodedColumn Coded(int line, Func<string, PropertyValue> parse)
    {
        var rows = (Int32Array)_rows.Values;
        var texts = (StringArray)_texts.Values;
        var (firstRow, firstText, count) = (_rows.ValueOffsets[line], _texts.ValueOffsets[line], _rows.GetValueLength(line));
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var values = new List<PropertyValue> { PropertyValue.Null };
        var codes = new int[count];
        for (var index = 0; index < count; index++)
        {
            var text = texts.GetString(firstText + index);
            if (!numbers.TryGetValue(text, out codes[index]))
            {
                numbers.Add(text, codes[index] = values.Count);
                values.Add(parse(text));
            }
        }

        var column = new CodedColumnBuilder(_rowCount, values.Count);
        for (var index = 0; index < count; index++)
        {
            column.Set(rows.GetValue(firstRow + index)!.Value, codes[index]);
        }

        return column.ToColumn([.. values]);
    }

    private NumberColumn Numbers(int line)
    {
        var rows = (Int32Array)_rows.Values;
        var (firstRow, count) = (_rows.ValueOffsets[line], _rows.GetValueLength(line));
        var values = ((DoubleArray)_numbers.Values).Values.Slice(_numbers.ValueOffsets[line], count);
        var width = NumberWidth.Int8;
        foreach (var value in values)
        {
            width = (NumberWidth)Math.Max((int)width, (int)NumberColumn.WidthFor(value));
        }

        var column = new NumberColumnBuilder(_rowCount, width);
        for (var index = 0; index < count; index++)
        {
            column.Set(rows.GetValue(firstRow + index)!.Value, values[index]);
        }

        return column.ToColumn();
    }

    /// <summary>Takes sparse columns while a run is written, and writes them afterwards.</summary>
    internal sealed class Builder
    {
        private readonly StringArray.Builder _names = new();
        private readonly StringArray.Builder _kinds = new();
        private readonly ListArray.Builder _rows = new(Int32Type.Default);
        private readonly ListArray.Builder _texts = new(StringType.Default);
        private readonly ListArray.Builder _numbers = new(DoubleType.Default);

        /// <summary>Values of all properties.</summary>
        public int ValueCount { get; private set; }

        public int LineCount { get; private set; }

        public void Add(string name, string kind, CodedColumn column, int rowCount, Func<PropertyValue, string> write)
        {
            Begin(name, kind);
            var texts = System.Array.ConvertAll(column.Values, value => value.IsSet ? write(value) : string.Empty);
            for (var row = 0; row < rowCount; row++)
            {
                if (column.CodeAt(row) is var code and not 0)
                {
                    ((Int32Array.Builder)_rows.ValueBuilder).Append(row);
                    ((StringArray.Builder)_texts.ValueBuilder).Append(texts[code]);
                    ValueCount++;
                }
            }
        }

        public void Add(string name, NumberColumn column, int rowCount)
        {
            Begin(name, RunFile.NumberKind);
            for (var row = 0; row < rowCount; row++)
            {
                if (column.ValueAt(row) is var value && !double.IsNaN(value))
                {
                    ((Int32Array.Builder)_rows.ValueBuilder).Append(row);
                    ((DoubleArray.Builder)_numbers.ValueBuilder).Append(value);
                    ValueCount++;
                }
            }
        }

        public void Write(Stream stream)
        {
            IArrowArray[] columns = [_names.Build(), _kinds.Build(), _rows.Build(), _texts.Build(), _numbers.Build()];
            string[] names = ["property", "kind", "rows", "texts", "numbers"];
            var schema = new Schema([.. columns.Select((column, index) => new Field(names[index], column.Data.DataType, false))], new Dictionary<string, string> { ["rondo.format"] = "2" });
            using var writer = new ArrowStreamWriter(stream, schema, leaveOpen: true);
            writer.WriteRecordBatch(new RecordBatch(schema, columns, LineCount));
            writer.WriteEnd();
        }

        private void Begin(string name, string kind)
        {
            _names.Append(name);
            _kinds.Append(kind);
            _rows.Append();
            _texts.Append();
            _numbers.Append();
            LineCount++;
        }
    }
}
