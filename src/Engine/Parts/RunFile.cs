using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using Rondo.Model.Events;

namespace Rondo.Engine.Parts;

/// <summary>
/// A run as Arrow: one record batch with a row for each person, and in it the list of the person's events, readable by any
/// Arrow tool. Text is dictionary-encoded with entry 0 for "not set"; values that are neither text nor number stand as JSON
/// text in a dictionary of their own.
/// </summary>
internal static partial class RunFile
{
    private const string KindKey = "kind";
    private const string PropertyKey = "property";
    internal const string TextKind = "text";
    internal const string OtherKind = "other";
    internal const string NumberKind = "number";
    private const int MagicLength = 8;

    /// <summary>The fields of every event that are not properties, in their order in the file; all but the first may be absent.</summary>
    internal static readonly string[] FixedFields = ["second", "millisecond", "event", "insert_key", "id", "device", "untold_user"];

    /// <summary>Opens a run in place; its columns stay mapped until <paramref name="file"/> is disposed.</summary>
    /// <param name="file">Where it lies.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="isFile">Whether the bytes are a whole Arrow file, or a stream among others.</param>
    /// <param name="eventName">Null for a timeline.</param>
    /// <param name="mergeWatermark">Merges known when it was written.</param>
    /// <param name="openSparse">Opens the properties that few rows have, given the number of rows; null when there are none.</param>
    public static unsafe Run Read(MappedFile file, Memory<byte> bytes, bool isFile, string? eventName, int mergeWatermark, Func<int, SparseProperties>? openSparse)
    {
        using var reader = new ArrowStreamReader(isFile ? bytes[MagicLength..] : bytes);
        var batch = reader.ReadNextRecordBatch() ?? throw new InvalidDataException($"{file.Path} holds no rows.");
        var events = (ListArray)batch.Column("events");
        var rows = (StructArray)events.Values;
        var fields = new RowFields(rows);
        var columns = new RunColumns
        {
            RowCount = rows.Length,
            PersonCount = batch.Length,
            Persons = Pointer<int>(((Int32Array)batch.Column("person")).ValueBuffer),
            Starts = Pointer<int>(events.ValueOffsetsBuffer),
            Times = new RowTimes((nint)Pointer<uint>(((UInt32Array)fields["second"]!).ValueBuffer), fields["millisecond"] is UInt16Array milliseconds ? (nint)Pointer<ushort>(milliseconds.ValueBuffer) : 0),
            InsertKeys = fields["insert_key"] is UInt32Array keys ? Pointer<uint>(keys.ValueBuffer) : null,
            Ids = fields["id"] is Int32Array ids ? Pointer<int>(ids.ValueBuffer) : null,
            Devices = fields["device"] is Int32Array devices ? Pointer<int>(devices.ValueBuffer) : null,
            UntoldUsers = fields["untold_user"] is UInt8Array untold ? Pointer<byte>(untold.ValueBuffer) : null,
            EventNames = fields["event"] is DictionaryArray names ? CodesOf(names) : default,
            Ties = TiesOf(batch, file),
        };
        return new Run(eventName, mergeWatermark, columns, new FileProperties(fields, file, openSparse is null ? null : new Lazy<SparseProperties>(() => openSparse(rows.Length))), file);
    }

    private static unsafe TieRanks? TiesOf(RecordBatch batch, MappedFile file)
    {
        // The ranks of ties belong to rows, not to persons: they stand as one list in the first person's line.
        if (batch.Schema.GetFieldIndex("ties") < 0 || batch.Column("ties") is not ListArray { Length: > 0 } ties || ties.Values is not StructArray { Length: > 0 } values)
        {
            return null;
        }

        return new TieRanks(
            Pointer<int>(((Int32Array)values.Fields[0]).ValueBuffer), Pointer<int>(((Int32Array)values.Fields[1]).ValueBuffer), values.Length, file);
    }

    private static unsafe T* Pointer<T>(ArrowBuffer buffer)
        where T : unmanaged => (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(buffer.Span));

    private static unsafe CodeColumn CodesOf(DictionaryArray column) => column.Indices switch
    {
        UInt8Array codes => new CodeColumn((nint)Pointer<byte>(codes.ValueBuffer), 1),
        UInt16Array codes => new CodeColumn((nint)Pointer<ushort>(codes.ValueBuffer), 2),
        Int32Array codes => new CodeColumn((nint)Pointer<int>(codes.ValueBuffer), 4),
        _ => throw new InvalidDataException($"A dictionary is indexed by {column.Indices.GetType().Name}, which no version of this program writes."),
    };

    /// <summary>The fields of the events by name.</summary>
    private sealed class RowFields(StructArray rows)
    {
        private readonly StructType _type = (StructType)rows.Data.DataType;

        public IEnumerable<(Field Field, int Index)> All => _type.Fields.Select((of, index) => (of, index));

        public IArrowArray? this[string name] => _type.GetFieldIndex(name) is var index and >= 0 ? rows.Fields[index] : null;

        public IArrowArray this[int index] => rows.Fields[index];
    }

    /// <summary>The property columns of a mapped file, opened when first asked for.</summary>
    private sealed class FileProperties : IPropertySource
    {
        private readonly RowFields _fields;
        private readonly MappedFile _file;
        private readonly Dictionary<string, List<(string Kind, int Field)>> _columns = new(StringComparer.Ordinal);
        private readonly Dictionary<string, PropertyColumns> _opened = new(StringComparer.Ordinal);
        private readonly Lazy<SparseProperties>? _sparse;
        private readonly Lock _gate = new();

        public FileProperties(RowFields fields, MappedFile file, Lazy<SparseProperties>? sparse)
        {
            _sparse = sparse;
            _fields = fields;
            _file = file;
            foreach (var (field, index) in fields.All)
            {
                if (field.HasMetadata && field.Metadata.TryGetValue(PropertyKey, out var property))
                {
                    (CollectionsMarshal.GetValueRefOrAddDefault(_columns, property, out _) ??= []).Add((field.Metadata[KindKey], index));
                }
            }
        }

        public IReadOnlyCollection<string> Names => _sparse is null ? _columns.Keys : [.. _columns.Keys.Union(_sparse.Value.Names, StringComparer.Ordinal)];

        public PropertyColumns? Find(string name)
        {
            lock (_gate)
            {
                if (!_opened.TryGetValue(name, out var opened))
                {
                    var sparse = _sparse?.Value.Find(name);
                    if (!_columns.TryGetValue(name, out var columns) && sparse is null)
                    {
                        return null;
                    }

                    _opened.Add(name, opened = Open(columns ?? [], sparse));
                }

                return opened;
            }
        }

        private PropertyColumns Open(List<(string Kind, int Field)> columns, PropertyColumns? sparse)
        {
            var (texts, others, numbers) = (sparse?.Texts, sparse?.Others, sparse?.Numbers);
            foreach (var (kind, field) in columns)
            {
                switch (kind)
                {
                    case TextKind: texts = Coded((DictionaryArray)_fields[field], PropertyValue.Of); break;
                    case OtherKind: others = Coded((DictionaryArray)_fields[field], ParseJson); break;
                    case NumberKind: numbers = Numbers(_fields[field]); break;
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

            return new CodedColumn(CodesOf(column), values, _file);
        }

        private unsafe NumberColumn Numbers(IArrowArray column) => column switch
        {
            Int8Array numbers => new NumberColumn((nint)Pointer<byte>(numbers.ValueBuffer), NumberWidth.Int8, _file),
            Int16Array numbers => new NumberColumn((nint)Pointer<short>(numbers.ValueBuffer), NumberWidth.Int16, _file),
            Int32Array numbers => new NumberColumn((nint)Pointer<int>(numbers.ValueBuffer), NumberWidth.Int32, _file),
            DoubleArray numbers => new NumberColumn((nint)Pointer<double>(numbers.ValueBuffer), NumberWidth.Double, _file),
            _ => throw new InvalidDataException($"{_file.Path} holds numbers as {column.GetType().Name}, which no version of this program writes."),
        };
    }

    internal static PropertyValue ParseJson(string json)
    {
        using var document = System.Text.Json.JsonDocument.Parse(Encoding.UTF8.GetBytes(json));
        return PropertyValueJson.From(document.RootElement);
    }
}
