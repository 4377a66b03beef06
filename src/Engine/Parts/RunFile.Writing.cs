using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using Rondo.Model.Events;

namespace Rondo.Engine.Parts;

/// <content>From a run to Arrow. Columns in native memory are written as they lie; those of a mapped file never are.</content>
internal static partial class RunFile
{
    /// <param name="stream">Where to.</param>
    /// <param name="asFile">A whole Arrow file, or a stream that may stand among others.</param>
    /// <param name="run">What to write.</param>
    /// <param name="eventNames">In a timeline, the names by number.</param>
    /// <param name="sparse">Takes the properties that few rows have.</param>
    public static unsafe void Write(Stream stream, bool asFile, Run run, IReadOnlyList<string> eventNames, SparseProperties.Builder sparse)
    {
        var columns = run.Columns;
        var rows = Rows(run, eventNames, sparse);
        var persons = new Int32Array(Buffer(columns.Persons, columns.PersonCount), ArrowBuffer.Empty, columns.PersonCount, 0, 0);
        var events = new ListArray(new ListType(new Field("event", rows.Data.DataType, false)), columns.PersonCount, Buffer(columns.Starts, columns.PersonCount + 1), rows, ArrowBuffer.Empty, 0);
        var fields = new List<Field> { new("person", Int32Type.Default, false), new("events", events.Data.DataType, false) };
        var arrays = new List<IArrowArray> { persons, events };
        if (columns.Ties is { } ties)
        {
            var list = Ties(ties, columns.PersonCount);
            fields.Add(new Field("ties", list.Data.DataType, false));
            arrays.Add(list);
        }

        var schema = new Schema(fields, new Dictionary<string, string> { ["rondo.format"] = "2", ["rondo.event"] = run.EventName ?? string.Empty });
        var batch = new RecordBatch(schema, arrays, columns.PersonCount);
        using (var writer = asFile ? new ArrowFileWriter(stream, schema, leaveOpen: true) : new ArrowStreamWriter(stream, schema, leaveOpen: true))
        {
            writer.WriteRecordBatch(batch);
            writer.WriteEnd();
        }

        // Arrow holds addresses only while it writes: a sealing under memory pressure failed with "bad address".
        GC.KeepAlive(batch);
        GC.KeepAlive(run);
    }

    private static unsafe StructArray Rows(Run run, IReadOnlyList<string> eventNames, SparseProperties.Builder sparse)
    {
        var columns = run.Columns;
        var count = columns.RowCount;
        var fields = new List<Field>();
        var arrays = new List<IArrowArray>();
        void Add(Field field, IArrowArray array)
        {
            fields.Add(field);
            arrays.Add(array);
        }

        Add(new Field("second", UInt32Type.Default, false), new UInt32Array(Buffer(columns.Times.SecondsStart, count), ArrowBuffer.Empty, count, 0, 0));
        if (columns.Times.Milliseconds != 0)
        {
            Add(new Field("millisecond", UInt16Type.Default, false), new UInt16Array(Buffer(columns.Times.MillisecondsStart, count), ArrowBuffer.Empty, count, 0, 0));
        }

        if (columns.EventNames.Start != 0)
        {
            Add(DictionaryField("event", columns.EventNames.Width, []), Dictionary(columns.EventNames, count, eventNames));
        }

        if (columns.InsertKeys is not null)
        {
            Add(new Field("insert_key", UInt32Type.Default, false), new UInt32Array(Buffer(columns.InsertKeys, count), ArrowBuffer.Empty, count, 0, 0));
        }

        if (columns.Ids is not null)
        {
            Add(new Field("id", Int32Type.Default, false), new Int32Array(Buffer(columns.Ids, count), ArrowBuffer.Empty, count, 0, 0));
        }

        if (columns.Devices is not null)
        {
            Add(new Field("device", Int32Type.Default, false), new Int32Array(Buffer(columns.Devices, count), ArrowBuffer.Empty, count, 0, 0));
        }

        if (columns.UntoldUsers is not null)
        {
            Add(new Field("untold_user", UInt8Type.Default, false), new UInt8Array(Buffer(columns.UntoldUsers, count), ArrowBuffer.Empty, count, 0, 0));
        }

        AddProperties(run, sparse, Add);
        return new StructArray(new StructType(fields), count, arrays, ArrowBuffer.Empty, 0);
    }

    private static void AddProperties(Run run, SparseProperties.Builder sparse, Action<Field, IArrowArray> add)
    {
        foreach (var name in run.PropertyNames.Order(StringComparer.Ordinal))
        {
            // Each column is put together once, here: a joined run makes it anew whenever it is asked.
            if (run.Property(name) is not { } property)
            {
                continue;
            }

            if (property.Texts is { } texts)
            {
                if (IsSparse(texts, run.RowCount))
                {
                    sparse.Add(name, TextKind, texts, run.RowCount, value => value.String);
                }
                else
                {
                    add(DictionaryField(ColumnName(name, TextKind), texts.Codes.Width, Metadata(name, TextKind)), Dictionary(texts.Codes, run.RowCount, [.. texts.Values.Select(value => value.IsSet ? value.String : null)], texts));
                }
            }

            if (property.Others is { } others)
            {
                if (IsSparse(others, run.RowCount))
                {
                    sparse.Add(name, OtherKind, others, run.RowCount, PropertyValueJson.Write);
                }
                else
                {
                    add(DictionaryField(ColumnName(name, OtherKind), others.Codes.Width, Metadata(name, OtherKind)), Dictionary(others.Codes, run.RowCount, [.. others.Values.Select(value => value.IsSet ? PropertyValueJson.Write(value) : null)], others));
                }
            }

            if (property.Numbers is { } numbers)
            {
                if (IsSparse(numbers, run.RowCount))
                {
                    sparse.Add(name, numbers, run.RowCount);
                }
                else
                {
                    add(new Field(ColumnName(name, NumberKind), TypeOf(numbers.Width), true, Metadata(name, NumberKind)), Numbers(numbers, run.RowCount));
                }
            }
        }
    }

    private static bool IsSparse(CodedColumn column, int rowCount)
    {
        var setCount = 0;
        for (var row = 0; row < rowCount; row++)
        {
            setCount += column.CodeAt(row) == 0 ? 0 : 1;
        }

        return SparseProperties.IsWorthwhile(setCount, rowCount);
    }

    private static bool IsSparse(NumberColumn column, int rowCount)
    {
        var setCount = 0;
        for (var row = 0; row < rowCount; row++)
        {
            setCount += double.IsNaN(column.ValueAt(row)) ? 0 : 1;
        }

        return SparseProperties.IsWorthwhile(setCount, rowCount);
    }

    /// <summary>A drifted type gives several columns, so the name says the kind.</summary>
    private static string ColumnName(string property, string kind) => $"{property}:{kind}";

    private static Dictionary<string, string> Metadata(string property, string kind) => new() { [PropertyKey] = property, [KindKey] = kind };

    private static Field DictionaryField(string name, int width, Dictionary<string, string> metadata) =>
        new(name, DictionaryTypeOf(width), true, metadata);

    private static DictionaryType DictionaryTypeOf(int width) => new(
        width switch
        {
            1 => UInt8Type.Default,
            2 => UInt16Type.Default,
            _ => Int32Type.Default,
        },
        StringType.Default,
        false);

    private static DictionaryArray Dictionary(CodeColumn codes, int count, IReadOnlyList<string?> values, object? owner = null)
    {
        var dictionary = new StringArray.Builder();
        foreach (var value in values)
        {
            if (value is null)
            {
                dictionary.AppendNull();
            }
            else
            {
                dictionary.Append(value);
            }
        }

        var bytes = Buffer(codes.Start, (long)count * codes.Width, owner);
        IArrowArray indices = codes.Width switch
        {
            1 => new UInt8Array(bytes, ArrowBuffer.Empty, count, 0, 0),
            2 => new UInt16Array(bytes, ArrowBuffer.Empty, count, 0, 0),
            _ => new Int32Array(bytes, ArrowBuffer.Empty, count, 0, 0),
        };
        return new DictionaryArray(DictionaryTypeOf(codes.Width), indices, dictionary.Build());
    }

    private static ArrowType TypeOf(NumberWidth width) => width switch
    {
        NumberWidth.Int8 => Int8Type.Default,
        NumberWidth.Int16 => Int16Type.Default,
        NumberWidth.Int32 => Int32Type.Default,
        _ => DoubleType.Default,
    };

    private static IArrowArray Numbers(NumberColumn numbers, int count)
    {
        var nullCount = 0;
        for (var row = 0; row < count; row++)
        {
            nullCount += double.IsNaN(numbers.ValueAt(row)) ? 1 : 0;
        }

        var validity = ArrowBuffer.Empty;
        if (nullCount > 0)
        {
            var bits = new ArrowBuffer.BitmapBuilder(count);
            for (var row = 0; row < count; row++)
            {
                bits.Append(!double.IsNaN(numbers.ValueAt(row)));
            }

            validity = bits.Build();
        }

        var bytes = Buffer(numbers.Start, (long)count * NumberColumn.BytesOf(numbers.Width), numbers);
        return numbers.Width switch
        {
            NumberWidth.Int8 => new Int8Array(bytes, validity, count, nullCount, 0),
            NumberWidth.Int16 => new Int16Array(bytes, validity, count, nullCount, 0),
            NumberWidth.Int32 => new Int32Array(bytes, validity, count, nullCount, 0),
            _ => new DoubleArray(bytes, validity, count, nullCount, 0),
        };
    }

    private static unsafe ListArray Ties(TieRanks ties, int personCount)
    {
        var type = new StructType([new Field("row", Int32Type.Default, false), new Field("rank", Int32Type.Default, false)]);
        var values = new StructArray(
            type,
            ties.Count,
            [new Int32Array(Buffer(ties.Rows, ties.Count), ArrowBuffer.Empty, ties.Count, 0, 0), new Int32Array(Buffer(ties.Ranks, ties.Count), ArrowBuffer.Empty, ties.Count, 0, 0)],
            ArrowBuffer.Empty,
            0);
        var offsets = new int[personCount + 1];
        System.Array.Fill(offsets, ties.Count, 1, personCount);
        return new ListArray(new ListType(new Field("tie", type, false)), personCount, new ArrowBuffer(MemoryMarshal.AsBytes(offsets.AsSpan()).ToArray()), values, ArrowBuffer.Empty, 0);
    }

    private static unsafe ArrowBuffer Buffer<T>(T* values, int count)
        where T : unmanaged => Buffer((nint)values, (long)count * sizeof(T), null);

    private static ArrowBuffer Buffer(nint start, long byteCount, object? owner) => new(new NativeView(start, checked((int)byteCount), owner).Memory);

    /// <summary>Native memory as Arrow wants it; holds on to whoever owns it.</summary>
    private sealed unsafe class NativeView(nint start, int byteCount, object? owner) : System.Buffers.MemoryManager<byte>
    {
        public object? Owner => owner;

        public override Span<byte> GetSpan() => new((byte*)start, byteCount);

        public override System.Buffers.MemoryHandle Pin(int elementIndex = 0) => new((byte*)start + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
