using NodaTime;

namespace Rondo.Model.Time;

/// <summary>Turns instants into the days, weeks and months of one project, and back. Thread-safe.</summary>
/// <param name="Zone">Where the project's days begin and end.</param>
/// <param name="WeekStart">The first day of a week; Monday unless the project says otherwise.</param>
public sealed record ProjectCalendar(DateTimeZone Zone, IsoDayOfWeek WeekStart)
{
    /// <summary>UTC days, weeks from Monday.</summary>
    public static ProjectCalendar Utc { get; } = new(DateTimeZone.Utc, IsoDayOfWeek.Monday);

    /// <summary>The local date of an instant.</summary>
    public LocalDate DateOf(Instant instant) => instant.InZone(Zone).Date;

    /// <summary>The first instant of a local date, also where midnight is skipped by summer time.</summary>
    public Instant StartOf(LocalDate date) => Zone.AtStartOfDay(date).ToInstant();

    /// <summary>The first day of the day, week, month or quarter that <paramref name="date"/> lies in.</summary>
    public LocalDate FirstDayOf(LocalDate date, CalendarUnit unit) => unit switch
    {
        CalendarUnit.Week => date.DayOfWeek == WeekStart ? date : date.With(DateAdjusters.Previous(WeekStart)),
        CalendarUnit.Month => new LocalDate(date.Year, date.Month, 1),
        CalendarUnit.Quarter => new LocalDate(date.Year, ((date.Month - 1) / 3 * 3) + 1, 1),
        _ => date,
    };

    /// <summary>The start of the bucket an instant lies in.</summary>
    public Instant StartOf(Instant instant, CalendarUnit unit)
    {
        if (unit != CalendarUnit.Hour)
        {
            return StartOf(FirstDayOf(DateOf(instant), unit));
        }

        var local = instant.InZone(Zone).LocalDateTime;
        return instant - (local - local.Date.At(new LocalTime(local.Hour, 0))).ToDuration();
    }

    /// <summary>The start of the bucket after the one that begins at <paramref name="start"/>.</summary>
    public Instant Next(Instant start, CalendarUnit unit) => unit switch
    {
        CalendarUnit.Hour => StartOf(start + Duration.FromMinutes(90), CalendarUnit.Hour) is var next && next > start ? next : start + Duration.FromHours(1),
        CalendarUnit.Day => StartOf(DateOf(start).PlusDays(1)),
        CalendarUnit.Week => StartOf(DateOf(start).PlusWeeks(1)),
        CalendarUnit.Month => StartOf(DateOf(start).PlusMonths(1)),
        _ => StartOf(DateOf(start).PlusMonths(3)),
    };

    /// <summary>
    /// The starts of every bucket that overlaps the window, in order, followed by the end of the last one:
    /// n buckets give n + 1 instants. The first start may lie before the window.
    /// </summary>
    public IReadOnlyList<Instant> BucketEdges(TimeWindow window, CalendarUnit unit)
    {
        var edges = new List<Instant> { StartOf(window.Start, unit) };
        while (edges[^1] < window.End)
        {
            edges.Add(Next(edges[^1], unit));
        }

        return edges;
    }
}
