using System.Text;
using System.Text.Json;
using Rondo.Model.Events;
using ZstdSharp;

namespace Rondo.Engine.Profiles;

/// <summary>
/// The written profiles of neighbouring persons by column: who has one, then per property its distinct values and each
/// person's number into them. The bytes are frozen by golden tests; a change gets a new version number.
/// </summary>
/// <param name="Persons">Places within the block, 0 to <see cref="Size"/> - 1, ascending.</param>
/// <param name="Columns">Per property its values, and a code for each of <paramref name="Persons"/>: 0 for no value, otherwise 1 + the value's place.</param>
internal sealed record ProfileBlock(ushort[] Persons, IReadOnlyList<(string Property, PropertyValue[] Values, ushort[] Codes)> Columns)
{
    /// <summary>How many persons' numbers a block spans.</summary>
    public const int Size = 16_384;

    private const byte Version = 1;
    private const int CompressionLevel = 1;

    public static ProfileBlock Empty { get; } = new([], []);

    /// <summary>Which block a person's profile belongs to.</summary>
    public static int Of(int person) => person / Size;

    /// <summary>The profiles with others in their place; null stands for a profile that is gone.</summary>
    /// <param name="changed">By place within the block.</param>
    public ProfileBlock With(IReadOnlyDictionary<ushort, IReadOnlyDictionary<string, PropertyValue>?> changed)
    {
        var kept = Enumerable.Range(0, Persons.Length).Where(index => !changed.ContainsKey(Persons[index])).ToArray();
        var persons = kept.Select(index => Persons[index]).Concat(changed.Where(one => one.Value is not null).Select(one => one.Key)).Order().ToArray();
        var indexOf = new int[Size];
        for (var index = 0; index < persons.Length; index++)
        {
            indexOf[persons[index]] = index;
        }

        var columns = new SortedDictionary<string, ColumnBuilder>(StringComparer.Ordinal);
        foreach (var (property, values, codes) in Columns)
        {
            foreach (var index in kept.Where(index => codes[index] > 0))
            {
                Builder(property).Set(indexOf[Persons[index]], values[codes[index] - 1]);
            }
        }

        foreach (var (place, profile) in changed)
        {
            foreach (var (property, value) in profile ?? new Dictionary<string, PropertyValue>())
            {
                Builder(property).Set(indexOf[place], value);
            }
        }

        return new ProfileBlock(persons, [.. columns.Select(column => (column.Key, column.Value.Values.ToArray(), column.Value.Codes))]);

        ColumnBuilder Builder(string property)
        {
            if (!columns.TryGetValue(property, out var builder))
            {
                columns.Add(property, builder = new ColumnBuilder(persons.Length));
            }

            return builder;
        }
    }

    public byte[] Encode()
    {
        using var body = new MemoryStream();
        using (var writer = new BinaryWriter(body, Encoding.UTF8, leaveOpen: true))
        {
            WriteNumbers(writer, Persons);
            writer.Write7BitEncodedInt(Columns.Count);
            foreach (var (property, values, codes) in Columns)
            {
                var json = JsonSerializer.SerializeToUtf8Bytes(values);
                writer.Write(property);
                writer.Write7BitEncodedInt(json.Length);
                writer.Write(json);
                WriteNumbers(writer, codes);
            }
        }

        using var compressor = new Compressor(CompressionLevel);
        compressor.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        return [Version, .. compressor.Wrap(body.GetBuffer().AsSpan(0, (int)body.Length))];
    }

    /// <exception cref="InvalidDataException">The bytes are of another version, or not as they were written.</exception>
    public static ProfileBlock Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes is not [Version, .. var compressed])
        {
            throw new InvalidDataException($"The store holds profiles of version {(bytes.IsEmpty ? 0 : bytes[0])}; this program reads version {Version}.");
        }

        try
        {
            using var decompressor = new Decompressor();
            using var reader = new BinaryReader(new MemoryStream(decompressor.Unwrap(compressed).ToArray(), writable: false), Encoding.UTF8);
            var persons = ReadNumbers(reader);
            var columns = new (string, PropertyValue[], ushort[])[reader.Read7BitEncodedInt()];
            for (var index = 0; index < columns.Length; index++)
            {
                columns[index] = (reader.ReadString(), JsonSerializer.Deserialize<PropertyValue[]>(reader.ReadBytes(reader.Read7BitEncodedInt()))!, ReadNumbers(reader));
            }

            return new ProfileBlock(persons, columns);
        }
        catch (ZstdException exception)
        {
            throw new InvalidDataException($"Profiles are not as they were written: {exception.Message}", exception);
        }
    }

    private static void WriteNumbers(BinaryWriter writer, ushort[] numbers)
    {
        writer.Write7BitEncodedInt(numbers.Length);
        foreach (var number in numbers)
        {
            writer.Write(number);
        }
    }

    private static ushort[] ReadNumbers(BinaryReader reader)
    {
        var numbers = new ushort[reader.Read7BitEncodedInt()];
        for (var index = 0; index < numbers.Length; index++)
        {
            numbers[index] = reader.ReadUInt16();
        }

        return numbers;
    }

    /// <summary>Collects one column.</summary>
    private sealed class ColumnBuilder(int count)
    {
        private readonly Dictionary<PropertyValue, ushort> _codeOf = [];

        public List<PropertyValue> Values { get; } = [];

        public ushort[] Codes { get; } = new ushort[count];

        public void Set(int index, PropertyValue value)
        {
            if (!_codeOf.TryGetValue(value, out var code))
            {
                Values.Add(value);
                _codeOf.Add(value, code = (ushort)Values.Count);
            }

            Codes[index] = code;
        }
    }
}
