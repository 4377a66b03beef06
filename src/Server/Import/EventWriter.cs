using System.Buffers;
using System.IO.Hashing;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Rondo.Server.Import;

/// <summary>Writes one event in the form that /import takes.</summary>
internal static class EventWriter
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Names that mean something to /import; a field of a plain record that happens to be called so is kept beside them.</summary>
    private static readonly HashSet<string> Reserved = ["token", "$token", "distinct_id", "$distinct_id", "time", "$time", "ip", "$insert_id", "$device_id", "$user_id", "$ignore"];

    public static ReadOnlyMemory<byte> Write(string name, string distinctId, long unixMilliseconds, string insertId, Action<Utf8JsonWriter> writeProperties)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer, Plain);
        json.WriteStartObject();
        json.WriteString("event", name);
        json.WriteStartObject("properties");
        json.WriteNumber("time", unixMilliseconds);
        json.WriteString("distinct_id", distinctId);
        json.WriteString("$insert_id", insertId);
        writeProperties(json);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    public static string PropertyName(string field) => Reserved.Contains(field) ? "original_" + field : field;

    /// <summary>
    /// The same record of the same file always gets the same id, so that importing again changes nothing; two equal lines of
    /// a file are two events.
    /// </summary>
    public static string InsertIdOf(ReadOnlySpan<byte> record, long line)
    {
        var hash = new XxHash128();
        hash.Append(record);
        hash.Append(BitConverter.GetBytes(line));
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
