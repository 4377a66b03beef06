using System.Text.Json.Serialization;
using NodaTime;

namespace Rondo.Model.Time;

/// <summary>The unit of a conversion window: elapsed time, or sessions.</summary>
public enum WindowUnit
{
    /// <summary>60 seconds make a minute.</summary>
    Second = 1,

    /// <summary>60 seconds.</summary>
    Minute = 2,

    /// <summary>60 minutes.</summary>
    Hour = 3,

    /// <summary>24 hours.</summary>
    Day = 4,

    /// <summary>7 days of 24 hours.</summary>
    Week = 5,

    /// <summary>30 days of 24 hours.</summary>
    Month = 6,

    /// <summary>Sessions of the person, computed when the question is asked.</summary>
    Session = 7,
}

/// <summary>How long after the entry the rest may happen; an event exactly at the end still counts.</summary>
public readonly record struct ConversionWindow(int Count, WindowUnit Unit)
{
    /// <summary>"7 Day"; a window of sessions has no length that could be printed with it.</summary>
    public override string ToString() => $"{Count} {Unit}";

    /// <summary>Whether the window is a number of sessions rather than a length of time.</summary>
    [JsonIgnore]
    public bool IsSessions => Unit == WindowUnit.Session;

    /// <summary>The length of a time window. Not to be asked of a window of sessions.</summary>
    [JsonIgnore]
    public Duration Length => Unit switch
    {
        WindowUnit.Second => Duration.FromSeconds(Count),
        WindowUnit.Minute => Duration.FromMinutes(Count),
        WindowUnit.Hour => Duration.FromHours(Count),
        WindowUnit.Day => Duration.FromDays(Count),
        WindowUnit.Week => Duration.FromDays(7 * Count),
        WindowUnit.Month => Duration.FromDays(30 * Count),
        _ => throw new InvalidOperationException("A window of sessions has no length in time."),
    };
}
