using System.Text.Json.Serialization;
using NodaTime;

namespace Rondo.Model.Time;

/// <summary>Which days a report speaks of, in the project's calendar.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(LastRange), "last")]
[JsonDerivedType(typeof(BetweenRange), "between")]
[JsonDerivedType(typeof(SinceRange), "since")]
public abstract record DateRange
{
    /// <summary>The last n units, the current incomplete one included.</summary>
    public static DateRange Last(int count, CalendarUnit unit) => new LastRange(count, unit);

    /// <summary>From the start of <paramref name="from"/> to the end of <paramref name="to"/>.</summary>
    public static DateRange Between(LocalDate from, LocalDate to) => new BetweenRange(from, to);

    /// <summary>Every day that an event can have.</summary>
    public static DateRange Always { get; } = new BetweenRange(new LocalDate(1971, 1, 1), new LocalDate(2200, 12, 31));

    /// <summary>The instants meant, as seen at <paramref name="now"/>.</summary>
    public abstract TimeWindow Resolve(ProjectCalendar calendar, Instant now);
}

/// <summary>"Last n units": from the start of the unit n - 1 before the current one to the end of today; of hours, to the end of the present one.</summary>
public sealed record LastRange(int Count, CalendarUnit Unit) : DateRange
{
    /// <inheritdoc/>
    public override TimeWindow Resolve(ProjectCalendar calendar, Instant now)
    {
        var current = calendar.StartOf(now, Unit);
        if (Unit == CalendarUnit.Hour)
        {
            return new TimeWindow(current - Duration.FromHours(Count - 1), calendar.Next(current, Unit));
        }

        var date = calendar.DateOf(current);
        var first = Unit switch
        {
            CalendarUnit.Day => date.PlusDays(1 - Count),
            CalendarUnit.Week => date.PlusWeeks(1 - Count),
            CalendarUnit.Month => date.PlusMonths(1 - Count),
            _ => date.PlusMonths(3 * (1 - Count)),
        };
        // Days to come have nothing to show; a row or a point of theirs would read as a zero.
        return new TimeWindow(calendar.StartOf(first), calendar.StartOf(calendar.DateOf(now).PlusDays(1)));
    }
}

/// <summary>Two dates, both included.</summary>
public sealed record BetweenRange(LocalDate From, LocalDate To) : DateRange
{
    /// <inheritdoc/>
    public override TimeWindow Resolve(ProjectCalendar calendar, Instant now) => new(calendar.StartOf(From), calendar.StartOf(To.PlusDays(1)));
}

/// <summary>From a date to the end of today.</summary>
public sealed record SinceRange(LocalDate From) : DateRange
{
    /// <inheritdoc/>
    public override TimeWindow Resolve(ProjectCalendar calendar, Instant now) =>
        new(calendar.StartOf(From), calendar.StartOf(calendar.DateOf(now).PlusDays(1)));
}
