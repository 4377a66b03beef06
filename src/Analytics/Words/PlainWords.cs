using System.Globalization;
using NodaTime;
using NodaTime.Text;
using Rondo.Model.Time;

namespace Rondo.Analytics.Words;

/// <summary>The small pieces that sentences are made of.</summary>
internal static class PlainWords
{
    private static readonly LocalDatePattern Date = LocalDatePattern.CreateWithInvariantCulture("d MMM uuuu");
    private static readonly InstantPattern Moment = InstantPattern.CreateWithInvariantCulture("d MMM uuuu HH:mm 'UTC'");

    public static string Quoted(string name) => $"“{name}”";

    public static string Plural(int count, string unit) => count == 1 ? $"1 {unit}" : string.Create(CultureInfo.InvariantCulture, $"{count:N0} {unit}s");

    /// <summary>"a, b and c".</summary>
    public static string Joined(IReadOnlyList<string> parts, string last) => parts.Count switch
    {
        0 => string.Empty,
        1 => parts[0],
        _ => $"{string.Join(", ", parts.Take(parts.Count - 1))} {last} {parts[^1]}",
    };

    public static string Of(CalendarUnit unit) => unit switch
    {
        CalendarUnit.Hour => "hour",
        CalendarUnit.Day => "day",
        CalendarUnit.Week => "week",
        CalendarUnit.Month => "month",
        _ => "quarter",
    };

    public static string Of(DateRange range) => range switch
    {
        LastRange { Count: 1, Unit: CalendarUnit.Day } => "today",
        LastRange { Count: 1 } last => $"this {Of(last.Unit)}",
        LastRange last => $"last {Plural(last.Count, Of(last.Unit))}",
        BetweenRange between when between.From == between.To => Date.Format(between.From),
        BetweenRange between => $"{Date.Format(between.From)} to {Date.Format(between.To)}",
        SinceRange since => $"since {Date.Format(since.From)}",
        _ => throw new InvalidOperationException($"{range.GetType().Name} is not a kind of range."),
    };

    /// <summary>The range as part of a sentence: "in the last 30 days".</summary>
    public static string During(DateRange range) => range switch
    {
        LastRange { Count: 1 } => Of(range),
        LastRange => $"in the {Of(range)}",
        BetweenRange between when between.From == between.To => $"on {Of(range)}",
        BetweenRange => $"from {Of(range)}",
        _ => Of(range),
    };

    public static string Of(ConversionWindow window) => $"within {Plural(window.Count, window.Unit switch
    {
        WindowUnit.Second => "second",
        WindowUnit.Minute => "minute",
        WindowUnit.Hour => "hour",
        WindowUnit.Day => "day",
        WindowUnit.Week => "week",
        WindowUnit.Month => "month",
        _ => "session",
    })}";

    public static string Of(Instant instant) => Moment.Format(instant);

    public static string Of(LocalDate date) => Date.Format(date);

    public static string Capitalised(string sentence) => sentence.Length == 0 ? sentence : char.ToUpperInvariant(sentence[0]) + sentence[1..];
}
