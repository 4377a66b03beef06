namespace Rondo.Model.Time;

/// <summary>A unit of the project's calendar, for buckets of a chart.</summary>
public enum CalendarUnit
{
    /// <summary>A clock hour of the project's time zone.</summary>
    Hour = 1,

    /// <summary>Midnight to midnight in the project's time zone; 23 or 25 hours when summer time changes.</summary>
    Day = 2,

    /// <summary>Seven days from the project's first day of the week.</summary>
    Week = 3,

    /// <summary>A calendar month.</summary>
    Month = 4,

    /// <summary>Three calendar months from January.</summary>
    Quarter = 5,
}
