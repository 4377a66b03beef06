using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using Rondo.Model.Events;

namespace Rondo.Engine.Parts;

/// <summary>
/// A run as an Arrow IPC file: one record batch, readable by any Arrow tool. Text is dictionary-encoded with entry 0 for
/// "not set"; values that are neither text nor number stand as JSON text in a dictionary of their own.
/// </summary>
internal static unsafe class RunFile
{
    private const string KindKey = "kind";
    private const string PropertyKey = "property";
    private const string TextKind = "text";
    private const string OtherKind = "other";
    private const string NumberKind = "number";
    private const int MagicLength = 8;

    /// <summary>The fixed columns, in their order in the file.</summary>
    internal static readonly string[] FixedColumns = ["person", "id", "time", "insert_key", "arrival", "device", "user", "insert_id", "event"];

    /// <param name="path">A new file.</param>
    /// <param name="run">What to write.</param>
    /// <param name="eventNames">In a timeline, the names by number.</param>
    public static void Write(string path, Run run, IReadOnlyList<string> eventNames)
    {
        var fields = new List<Field>();
        var arrays = new List<IArrowArray>();
        void Add(Field field, IArrowArray array)
        {
            fields.Add(field);
            arrays.Add(array);
        }

        var count = run.RowCount;
        var columns = run.Columns;
        Add(new Field("person", Int32Type.Default, false), new Int32Array(Buffer(columns.Persons, count), ArrowBuffer.Empty, count, 0, 0));
        Add(new Field("id", Int32Type.Default, false), new Int32Array(Buffer(columns.Ids, count), ArrowBuffer.Empty, count, 0, 0));
        var timestamp = new TimestampType(TimeUnit.Millisecond, "UTC");
        Add(new Field("time", timestamp, false), new TimestampArray(timestamp, Buffer(columns.Times, count), ArrowBuffer.Empty, count, 0, 0));
        Add(new Field("insert_key", UInt64Type.Default, false), new UInt64Array(Buffer(columns.InsertKeys, count), ArrowBuffer.Empty, count, 0, 0));
        Add(new Field("arrival", Int64Type.Default, false), new Int64Array(Buffer(columns.Arrivals, count), ArrowBuffer.Empty, count, 0, 0));
        Add(new Field("device", Int32Type.Default, false), new Int32Array(Buffer(columns.Devices, count), ArrowBuffer.Empty, count, 0, 0));
        Add(new Field("user", Int32Type.Default, false), new Int32Array(Buffer(columns.Users, count), ArrowBuffer.Empty, count, 0, 0));
        if (run.EventName is null)
        {
            Add(DictionaryField("event", []), Dictionary(columns.EventNames, count, eventNames));
        }
        else
        {
            Add(new Field("insert_id", StringType.Default, true), InsertIds(run));
            AddProperties(run, Add);
        }

        var schema = new Schema(fields, new Dictionary<string, string> { ["rondo.format"] = "1", ["rondo.event"] = run.EventName ?? string.Empty });
        var batch = new RecordBatch(schema, arrays, count);
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
        using (var writer = new ArrowFileWriter(stream, schema, leaveOpen: true))
        {
            writer.WriteRecordBatch(batch);
            writer.WriteEnd();
        }

        stream.Flush(flushToDisk: true);

        // Arrow frees a column's native memory once nobody holds the column, and a write in progress holds only its address:
        // a sealing under memory pressure failed with "bad address".
        GC.KeepAlive(batch);
        GC.KeepAlive(run);
    }

    /// <summary>Opens a file in place; its columns stay mapped until <paramref name="file"/> is disposed.</summary>
    public static Run Read(MappedFile file, string? eventName, int mergeWatermark)
    {
        using var reader = new ArrowStreamReader(file.Memory[MagicLength..]);
        var batch = reader.ReadNextRecordBatch() ?? throw new InvalidDataException($"{file.Path} holds no rows.");
        int* Ints(string name) => Pointer<int>(((Int32Array)batch.Column(name)).ValueBuffer);
        var columns = new RunColumns
        {
            Persons = Ints("person"),
            Ids = Ints("id"),
            Times = Pointer<long>(((TimestampArray)batch.Column("time")).ValueBuffer),
            InsertKeys = Pointer<ulong>(((UInt64Array)batch.Column("insert_key")).ValueBuffer),
            Arrivals = Pointer<long>(((Int64Array)batch.Column("arrival")).ValueBuffer),
            Devices = Ints("device"),
            Users = Ints("user"),
            EventNames = eventName is null ? Pointer<int>(((Int32Array)((DictionaryArray)batch.Column("event")).Indices).ValueBuffer) : null,
        };
        return new Run(eventName, batch.Length, mergeWatermark, columns, new FileProperties(batch, file), file);
    }

    private static void AddProperties(Run run, Action<Field, IArrowArray> add)
    {
        foreach (var name in run.PropertyNames.Order(StringComparer.Ordinal))
        {
            var property = run.Property(name)!;
            if (property.Texts is { } texts)
            {
                add(DictionaryField(ColumnName(name, TextKind), Metadata(name, TextKind)), Dictionary(texts.Codes, run.RowCount, [.. texts.Values.Select(value => value.IsSet ? value.String : null)]));
            }

            if (property.Others is { } others)
            {
                add(DictionaryField(ColumnName(name, OtherKind), Metadata(name, OtherKind)), Dictionary(others.Codes, run.RowCount, [.. others.Values.Select(value => value.IsSet ? PropertyValueJson.Write(value) : null)]));
            }

            if (property.Numbers is { } numbers)
            {
                add(new Field(ColumnName(name, NumberKind), DoubleType.Default, true, Metadata(name, NumberKind)), Numbers(numbers, run.RowCount));
            }
        }
    }

    /// <summary>Text carries the property's own name; the rest say their kind, so that a drifted type gives two columns.</summary>
    private static string ColumnName(string property, string kind) => $"{property}:{kind}";

    private static Dictionary<string, string> Metadata(string property, string kind) => new() { [PropertyKey] = property, [KindKey] = kind };

    private static Field DictionaryField(string name, Dictionary<string, string> metadata) =>
        new(name, new DictionaryType(Int32Type.Default, StringType.Default, false), true, metadata);

    private static DictionaryArray Dictionary(int* codes, int count, IReadOnlyList<string?> values)
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

        var indices = new Int32Array(Buffer(codes, count), ArrowBuffer.Empty, count, 0, 0);
        return new DictionaryArray(new DictionaryType(Int32Type.Default, StringType.Default, false), indices, dictionary.Build());
    }

    private static DoubleArray Numbers(NumberColumn numbers, int count)
    {
        var validity = new ArrowBuffer.BitmapBuilder(count);
        var nullCount = 0;
        for (var row = 0; row < count; row++)
        {
            var isSet = !double.IsNaN(numbers.ValueAt(row));
            validity.Append(isSet);
            nullCount += isSet ? 0 : 1;
        }

        return new DoubleArray(Buffer(numbers.Values, count), validity.Build(), count, nullCount, 0);
    }

    private static StringArray InsertIds(Run run)
    {
        var builder = new StringArray.Builder();
        for (var row = 0; row < run.RowCount; row++)
        {
            if (run.InsertIdOf(row) is { } insertId)
            {
                builder.Append(insertId);
            }
            else
            {
                builder.AppendNull();
            }
        }

        return builder.Build();
    }

    private static ArrowBuffer Buffer<T>(T* values, int count)
        where T : unmanaged
    {
        var bytes = new byte[(long)count * sizeof(T)];
        new ReadOnlySpan<byte>(values, bytes.Length).CopyTo(bytes);
        return new ArrowBuffer(bytes);
    }

    private static T* Pointer<T>(ArrowBuffer buffer)
        where T : unmanaged => (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(buffer.Span));

    /// <summary>The property columns of a mapped file, opened when first asked for.</summary>
    private sealed class FileProperties : IPropertySource
    {
        private readonly RecordBatch _batch;
        private readonly MappedFile _file;
        private readonly Dictionary<string, List<(string Kind, int Column)>> _columns = new(StringComparer.Ordinal);
        private readonly Dictionary<string, PropertyColumns> _opened = new(StringComparer.Ordinal);
        private readonly Lock _gate = new();
        private readonly StringArray? _insertIds;

        public FileProperties(RecordBatch batch, MappedFile file)
        {
            _batch = batch;
            _file = file;
            for (var column = 0; column < batch.ColumnCount; column++)
            {
                var field = batch.Schema.GetFieldByIndex(column);
                if (field.HasMetadata && field.Metadata.TryGetValue(PropertyKey, out var property))
                {
                    (CollectionsMarshal.GetValueRefOrAddDefault(_columns, property, out _) ??= []).Add((field.Metadata[KindKey], column));
                }
                else if (field.Name == "insert_id" && batch.Column(column) is StringArray insertIds)
                {
                    _insertIds = insertIds;
                }
            }
        }

        public IReadOnlyCollection<string> Names => _columns.Keys;

        public string? InsertIdOf(int row) => _insertIds is null || _insertIds.IsNull(row) ? null : _insertIds.GetString(row);

        public PropertyColumns? Find(string name)
        {
            if (!_columns.TryGetValue(name, out var columns))
            {
                return null;
            }

            lock (_gate)
            {
                if (!_opened.TryGetValue(name, out var opened))
                {
                    _opened.Add(name, opened = Open(columns));
                }

                return opened;
            }
        }

        private PropertyColumns Open(List<(string Kind, int Column)> columns)
        {
            CodedColumn? texts = null;
            CodedColumn? others = null;
            NumberColumn? numbers = null;
            foreach (var (kind, column) in columns)
            {
                switch (kind)
                {
                    case TextKind: texts = Coded((DictionaryArray)_batch.Column(column), PropertyValue.Of); break;
                    case OtherKind: others = Coded((DictionaryArray)_batch.Column(column), ParseJson); break;
                    case NumberKind: numbers = new NumberColumn(Pointer<double>(((DoubleArray)_batch.Column(column)).ValueBuffer), _file); break;
                    default: throw new InvalidDataException($"{_file.Path} holds a column of unknown kind '{kind}'.");
                }
            }

            return new PropertyColumns(texts, others, numbers);
        }

        private CodedColumn Coded(DictionaryArray column, Func<string, PropertyValue> parse)
        {
            var dictionary = (StringArray)column.Dictionary;
            var values = new PropertyValue[dictionary.Length];
            for (var code = 0; code < values.Length; code++)
            {
                values[code] = dictionary.IsNull(code) ? PropertyValue.Null : parse(dictionary.GetString(code));
            }

            return new CodedColumn(Pointer<int>(((Int32Array)column.Indices).ValueBuffer), values, _file);
        }

        private static PropertyValue ParseJson(string json)
        {
            using var document = System.Text.Json.JsonDocument.Parse(Encoding.UTF8.GetBytes(json));
            return PropertyValueJson.From(document.RootElement);
        }
    }
}
