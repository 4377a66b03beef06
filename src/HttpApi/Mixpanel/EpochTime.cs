using System.Globalization;
using System.Text.Json;
using NodaTime;

namespace Rondo.HttpApi.Mixpanel;

/// <summary>Times as numbers: up to 4 294 967 295 they are seconds, above that milliseconds (Mixpanel reference, 1.5).</summary>
internal static class EpochTime
{
    private const double MaximumSeconds = 4_294_967_295;
    private const double MaximumMilliseconds = 253_402_300_799_000;

    /// <summary>Reads the value the reader stands on. Null with <paramref name="isInvalid"/> false means that none was given.</summary>
    public static Instant? Read(ref Utf8JsonReader reader, out bool isInvalid)
    {
        isInvalid = false;
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.Number when reader.TryGetDouble(out var number) && ToInstant(number) is { } time:
                return time;
            case JsonTokenType.String when double.TryParse(JsonText.Read(ref reader, out _), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && ToInstant(number) is { } time:
                return time;
            default:
                isInvalid = true;
                reader.Skip();
                return null;
        }
    }

    private static Instant? ToInstant(double number) => number switch
    {
        >= -MaximumSeconds and <= MaximumSeconds => Instant.FromUnixTimeMilliseconds((long)Math.Round(number * 1000)),
        > MaximumSeconds and <= MaximumMilliseconds => Instant.FromUnixTimeMilliseconds((long)Math.Round(number)),
        _ => null,
    };
}
