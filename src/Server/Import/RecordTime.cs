using System.Globalization;
using NodaTime;
using NodaTime.Text;

namespace Rondo.Server.Import;

/// <summary>Times as files write them.</summary>
internal static class RecordTime
{
    private const double MaximumSeconds = 4_294_967_295;
    private const double MaximumMilliseconds = 253_402_300_799_000;
    private static readonly LocalDateTimePattern Spaced = LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd' 'HH':'mm':'ss;FFFFFFFFF");

    /// <summary>Milliseconds since 1970; null when the text is no time.</summary>
    public static long? ToUnixMilliseconds(string text)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return ToUnixMilliseconds(number);
        }

        if (OffsetDateTimePattern.ExtendedIso.Parse(text) is { Success: true } withOffset)
        {
            return withOffset.Value.ToInstant().ToUnixTimeMilliseconds();
        }

        LocalDateTime? local = LocalDateTimePattern.ExtendedIso.Parse(text) is { Success: true } iso ? iso.Value
            : Spaced.Parse(text) is { Success: true } spaced ? spaced.Value
            : LocalDatePattern.Iso.Parse(text) is { Success: true } date ? date.Value.AtMidnight()
            : null;
        return local?.InUtc().ToInstant().ToUnixTimeMilliseconds();
    }

    /// <summary>Up to 4 294 967 295 a number is seconds, above that milliseconds, as everywhere in this dialect.</summary>
    public static long? ToUnixMilliseconds(double number) => number switch
    {
        > 0 and <= MaximumSeconds => (long)Math.Round(number * 1000),
        > MaximumSeconds and <= MaximumMilliseconds => (long)Math.Round(number),
        _ => null,
    };
}
