using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using NodaTime.Text;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Time;

namespace Rondo.Model.Queries;

/// <summary>
/// How the values of a breakdown are put together. A value of another type than the buckets are made for is not set: text is
/// no number, a number is no date.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(AutoBuckets), "auto")]
[JsonDerivedType(typeof(EvenBuckets), "even")]
[JsonDerivedType(typeof(VariedBuckets), "varied")]
[JsonDerivedType(typeof(DateBuckets), "date")]
[JsonDerivedType(typeof(TextGroups), "groups")]
public abstract record Bucketing
{
    /// <summary>The bucket of one value (not a list); null for none.</summary>
    public abstract string? LabelOf(PropertyValue value, ProjectCalendar calendar);

    private protected static string Text(double number) => (number + 0.0).ToString("G12", CultureInfo.InvariantCulture);
}

/// <summary>
/// Even buckets over the numbers that all matching events of the whole history carry, so that they do not move with the days
/// of the report: the width is 1, 2 or 5 times a power of ten, the smallest that needs at most ten of them.
/// </summary>
public sealed record AutoBuckets : Bucketing
{
    private const int MostBuckets = 10;

    /// <summary>The even buckets for numbers from <paramref name="smallest"/> to <paramref name="largest"/>.</summary>
    public static EvenBuckets For(double smallest, double largest)
    {
        var raw = (largest / MostBuckets) - (smallest / MostBuckets);
        var power = largest > smallest ? Math.Pow(10, Math.Floor(Math.Log10(raw))) : 0.1;
        foreach (var factor in (ReadOnlySpan<double>)[1, 2, 5, 10, 20, 50])
        {
            var size = factor * power;
            var first = Math.Floor(smallest / size) * size;
            var end = (Math.Floor(largest / size) + 1) * size;
            if (Math.Round((end - first) / size) <= MostBuckets)
            {
                return new EvenBuckets(size, first, end);
            }
        }

        throw new InvalidOperationException($"No buckets fit {smallest} to {largest}.");
    }

    /// <inheritdoc/>
    public override string? LabelOf(PropertyValue value, ProjectCalendar calendar) => throw new InvalidOperationException("Automatic buckets are chosen before they are used.");
}

/// <summary>Buckets of one width from <paramref name="Min"/> to <paramref name="Max"/>, and one below and one above them.</summary>
/// <param name="Size">Width; the lower end of a bucket is included, the upper is not.</param>
/// <param name="Min">Where the first begins.</param>
/// <param name="Max">Where the last ends; that bucket may be narrower.</param>
public sealed record EvenBuckets(double Size, double Min, double Max) : Bucketing
{
    /// <inheritdoc/>
    public override string? LabelOf(PropertyValue value, ProjectCalendar calendar)
    {
        if (value.Kind != PropertyKind.Number)
        {
            return null;
        }

        var number = value.Number;
        if (number < Min)
        {
            return $"< {Text(Min)}";
        }

        if (number >= Max)
        {
            return $"≥ {Text(Max)}";
        }

        var lower = Min + (Math.Floor((number - Min) / Size) * Size);
        return $"{Text(lower)} – {Text(Math.Min(lower + Size, Max))}";
    }
}

/// <summary>Buckets between breakpoints, and one below and one above them; the lower end is included, the upper is not.</summary>
/// <param name="Breakpoints">1 to <see cref="QueryLimits.MaximumBreakpoints"/> ascending numbers.</param>
public sealed record VariedBuckets(ImmutableArray<double> Breakpoints) : Bucketing
{
    /// <inheritdoc/>
    public override string? LabelOf(PropertyValue value, ProjectCalendar calendar)
    {
        if (value.Kind != PropertyKind.Number)
        {
            return null;
        }

        var below = Breakpoints.Count(breakpoint => breakpoint <= value.Number);
        return below == 0 ? $"< {Text(Breakpoints[0])}"
            : below == Breakpoints.Length ? $"≥ {Text(Breakpoints[^1])}"
            : $"{Text(Breakpoints[below - 1])} – {Text(Breakpoints[below])}";
    }
}

/// <summary>What of a date makes its bucket, in the project's calendar.</summary>
public enum DatePart
{
    /// <summary>The hour: 2026-01-31 17:00.</summary>
    Hour = 1,

    /// <summary>The day: 2026-01-31.</summary>
    Day = 2,

    /// <summary>The first day of the week: 2026-01-26.</summary>
    Week = 3,

    /// <summary>The month: 2026-01.</summary>
    Month = 4,

    /// <summary>The quarter: 2026-Q1.</summary>
    Quarter = 5,

    /// <summary>The year: 2026.</summary>
    Year = 6,

    /// <summary>The hour whatever the day: 00 to 23.</summary>
    HourOfDay = 7,

    /// <summary>The day of the week: 1 Monday to 7 Sunday.</summary>
    DayOfWeek = 8,
}

/// <summary>Dates by a part of them.</summary>
public sealed record DateBuckets(DatePart Part) : Bucketing
{
    /// <inheritdoc/>
    public override string? LabelOf(PropertyValue value, ProjectCalendar calendar)
    {
        if (PropertyMatch.DateOf(value) is not { } instant)
        {
            return null;
        }

        var local = instant.InZone(calendar.Zone).LocalDateTime;
        return Part switch
        {
            DatePart.Hour => LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd HH':00'").Format(local),
            DatePart.Day => LocalDatePattern.Iso.Format(local.Date),
            DatePart.Week => LocalDatePattern.Iso.Format(calendar.FirstDayOf(local.Date, CalendarUnit.Week)),
            DatePart.Month => LocalDatePattern.CreateWithInvariantCulture("uuuu-MM").Format(local.Date),
            DatePart.Quarter => $"{local.Year:0000}-Q{((local.Month - 1) / 3) + 1}",
            DatePart.Year => local.Year.ToString("0000", CultureInfo.InvariantCulture),
            DatePart.HourOfDay => local.Hour.ToString("00", CultureInfo.InvariantCulture),
            _ => $"{(int)local.DayOfWeek} {local.DayOfWeek}",
        };
    }
}

/// <summary>Texts under names of their own: the first group that matches wins.</summary>
/// <param name="Groups">1 to <see cref="QueryLimits.MaximumTextGroups"/> groups.</param>
public sealed record TextGroups(ImmutableArray<TextGroup> Groups) : Bucketing
{
    /// <summary>Every value that is set and in no group.</summary>
    public const string Remaining = "(remaining values)";

    /// <inheritdoc/>
    public override string? LabelOf(PropertyValue value, ProjectCalendar calendar) =>
        value.ToText() is { } text ? Groups.FirstOrDefault(group => group.Holds(text))?.Name ?? Remaining : null;
}

/// <summary>A named group of texts.</summary>
/// <param name="Name">Shown as the segment.</param>
/// <param name="Values">At least one.</param>
/// <param name="Match">Equals (with case), or contains, starts with, ends with (whatever the case).</param>
public sealed record TextGroup(string Name, ImmutableArray<string> Values, PropertyOperator Match = PropertyOperator.Equals)
{
    /// <summary>Whether a text belongs to the group.</summary>
    public bool Holds(string text) => Values.Any(value => Match switch
    {
        PropertyOperator.Contains => text.Contains(value, StringComparison.OrdinalIgnoreCase),
        PropertyOperator.StartsWith => text.StartsWith(value, StringComparison.OrdinalIgnoreCase),
        PropertyOperator.EndsWith => text.EndsWith(value, StringComparison.OrdinalIgnoreCase),
        _ => text == value,
    });
}
