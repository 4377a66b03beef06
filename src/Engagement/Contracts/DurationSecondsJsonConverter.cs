using System.Text.Json;
using System.Text.Json.Serialization;
using NodaTime;

namespace Rondo.Engagement.Contracts;

/// <summary>Writes a length of time as a number of seconds.</summary>
public sealed class DurationSecondsJsonConverter : JsonConverter<Duration>
{
    /// <summary>The longest time that can be written: a hundred years, so that no sum with an instant overflows.</summary>
    private const double MaximumSeconds = 100.0 * 365 * 86_400;

    /// <inheritdoc/>
    public override Duration Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var seconds = reader.GetDouble();
        return Math.Abs(seconds) <= MaximumSeconds ? Duration.FromMilliseconds((long)Math.Round(seconds * 1000)) : throw new JsonException("must be a number of seconds");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Duration value, JsonSerializerOptions options) => writer.WriteNumberValue((decimal)value.TotalMilliseconds / 1000);
}
