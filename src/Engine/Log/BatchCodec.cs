using System.Collections.Immutable;
using System.Text;
using NodaTime;
using Rondo.Model.Events;
using Rondo.Model.Profiles;
using ZstdSharp;

namespace Rondo.Engine.Log;

/// <summary>
/// The bytes of one batch in the log: a version, then the batch compressed with Zstandard. Names are written once per batch
/// and referred to by number. The bytes are frozen by golden tests; a change gets a new version number.
/// </summary>
internal static class BatchCodec
{
    private const byte Version = 1;
    private const int CompressionLevel = 1;

    public static byte[] Encode(IngestBatch batch)
    {
        var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            var names = new NameTable();
            using var body = new MemoryStream();
            using (var bodyWriter = new BinaryWriter(body, Encoding.UTF8, leaveOpen: true))
            {
                WriteBody(bodyWriter, batch, names);
            }

            names.Write(writer);
            writer.Flush();
            body.WriteTo(stream);
        }

        using var compressor = new Compressor(CompressionLevel);
        var compressed = compressor.Wrap(stream.GetBuffer().AsSpan(0, (int)stream.Length));
        var payload = new byte[compressed.Length + 1];
        payload[0] = Version;
        compressed.CopyTo(payload.AsSpan(1));
        return payload;
    }

    public static IngestBatch Decode(ReadOnlySpan<byte> payload)
    {
        if (payload.Length == 0 || payload[0] != Version)
        {
            throw new InvalidDataException($"The log holds a batch of version {(payload.Length == 0 ? 0 : payload[0])}; this program reads version {Version}.");
        }

        using var decompressor = new Decompressor();
        var bytes = decompressor.Unwrap(payload[1..]).ToArray();
        using var reader = new BinaryReader(new MemoryStream(bytes, writable: false), Encoding.UTF8);
        var names = NameTable.Read(reader);
        var receivedAt = ReadInstant(reader);
        var events = new TrackedEvent[reader.Read7BitEncodedInt()];
        for (var index = 0; index < events.Length; index++)
        {
            events[index] = ReadEvent(reader, names);
        }

        var updates = new ProfileUpdate[reader.Read7BitEncodedInt()];
        for (var index = 0; index < updates.Length; index++)
        {
            updates[index] = ReadUpdate(reader, names);
        }

        return new IngestBatch(receivedAt, events, updates);
    }

    private static void WriteBody(BinaryWriter writer, IngestBatch batch, NameTable names)
    {
        WriteInstant(writer, batch.ReceivedAt);
        writer.Write7BitEncodedInt(batch.Events.Count);
        foreach (var tracked in batch.Events)
        {
            writer.Write7BitEncodedInt(names.NumberOf(tracked.Name));
            writer.Write(tracked.DistinctId);
            WriteInstant(writer, tracked.Time);
            WriteOptional(writer, tracked.InsertId);
            WriteOptional(writer, tracked.DeviceId);
            WriteOptional(writer, tracked.UserId);
            WriteProperties(writer, tracked.Properties, names);
        }

        writer.Write7BitEncodedInt(batch.ProfileUpdates.Count);
        foreach (var update in batch.ProfileUpdates)
        {
            writer.Write(update.DistinctId);
            writer.Write((byte)update.Operator);
            WriteInstant(writer, update.Time);
            writer.Write((byte)((update.IgnoreTime ? 1 : 0) | (update.IgnoreAlias ? 2 : 0)));
            WriteProperties(writer, update.Properties, names);
        }
    }

    private static TrackedEvent ReadEvent(BinaryReader reader, string[] names) => new()
    {
        Name = names[reader.Read7BitEncodedInt()],
        DistinctId = reader.ReadString(),
        Time = ReadInstant(reader),
        InsertId = ReadOptional(reader),
        DeviceId = ReadOptional(reader),
        UserId = ReadOptional(reader),
        Properties = ReadProperties(reader, names),
    };

    private static ProfileUpdate ReadUpdate(BinaryReader reader, string[] names)
    {
        var distinctId = reader.ReadString();
        var operation = (ProfileOperator)reader.ReadByte();
        var time = ReadInstant(reader);
        var flags = reader.ReadByte();
        return new ProfileUpdate
        {
            DistinctId = distinctId,
            Operator = operation,
            Time = time,
            IgnoreTime = (flags & 1) != 0,
            IgnoreAlias = (flags & 2) != 0,
            Properties = ReadProperties(reader, names),
        };
    }

    private static void WriteProperties(BinaryWriter writer, IReadOnlyList<Property> properties, NameTable names)
    {
        writer.Write7BitEncodedInt(properties.Count);
        foreach (var (name, value) in properties)
        {
            writer.Write7BitEncodedInt(names.NumberOf(name));
            WriteValue(writer, value);
        }
    }

    private static Property[] ReadProperties(BinaryReader reader, string[] names)
    {
        var properties = new Property[reader.Read7BitEncodedInt()];
        for (var index = 0; index < properties.Length; index++)
        {
            properties[index] = new Property(names[reader.Read7BitEncodedInt()], ReadValue(reader));
        }

        return properties;
    }

    private static void WriteValue(BinaryWriter writer, PropertyValue value)
    {
        writer.Write((byte)value.Kind);
        switch (value.Kind)
        {
            case PropertyKind.String: writer.Write(value.String); break;
            case PropertyKind.Number: writer.Write(value.Number); break;
            case PropertyKind.Boolean: writer.Write(value.Boolean); break;
            case PropertyKind.Object: writer.Write(value.ObjectJson); break;
            case PropertyKind.List:
                writer.Write7BitEncodedInt(value.Items.Length);
                foreach (var item in value.Items)
                {
                    WriteValue(writer, item);
                }

                break;
            case PropertyKind.Null: break;
            default: throw new ArgumentException($"A value of kind {value.Kind} cannot be kept: it is the outcome of an expression. Dates are kept as text.");
        }
    }

    private static PropertyValue ReadValue(BinaryReader reader)
    {
        var kind = (PropertyKind)reader.ReadByte();
        switch (kind)
        {
            case PropertyKind.Null: return PropertyValue.Null;
            case PropertyKind.String: return PropertyValue.Of(reader.ReadString());
            case PropertyKind.Number: return PropertyValue.Of(reader.ReadDouble());
            case PropertyKind.Boolean: return PropertyValue.Of(reader.ReadBoolean());
            case PropertyKind.Object: return PropertyValue.OfObject(reader.ReadString());
            case PropertyKind.List:
                var items = new PropertyValue[reader.Read7BitEncodedInt()];
                for (var index = 0; index < items.Length; index++)
                {
                    items[index] = ReadValue(reader);
                }

                return PropertyValue.Of(ImmutableArray.Create(items));
            default: throw new InvalidDataException($"The log holds a value of unknown kind {(byte)kind}.");
        }
    }

    private static void WriteInstant(BinaryWriter writer, Instant instant) => writer.Write(instant.ToUnixTimeMilliseconds());

    private static Instant ReadInstant(BinaryReader reader) => Instant.FromUnixTimeMilliseconds(reader.ReadInt64());

    private static void WriteOptional(BinaryWriter writer, string? text)
    {
        writer.Write(text is not null);
        if (text is not null)
        {
            writer.Write(text);
        }
    }

    private static string? ReadOptional(BinaryReader reader) => reader.ReadBoolean() ? reader.ReadString() : null;

    /// <summary>The names of events and properties in one batch, in the order of first use.</summary>
    private sealed class NameTable
    {
        private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

        public int NumberOf(string name)
        {
            if (!_numbers.TryGetValue(name, out var number))
            {
                number = _numbers.Count;
                _numbers.Add(name, number);
            }

            return number;
        }

        public void Write(BinaryWriter writer)
        {
            writer.Write7BitEncodedInt(_numbers.Count);
            foreach (var name in _numbers.Keys)
            {
                writer.Write(name);
            }
        }

        public static string[] Read(BinaryReader reader)
        {
            var names = new string[reader.Read7BitEncodedInt()];
            for (var index = 0; index < names.Length; index++)
            {
                names[index] = reader.ReadString();
            }

            return names;
        }
    }
}
