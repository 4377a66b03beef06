namespace Rondo.Model.Events;

/// <summary>Properties that every event has without carrying them.</summary>
public static class BuiltInProperties
{
    /// <summary>When the event happened, as a date.</summary>
    public const string Time = "$time";

    /// <summary>The event's name.</summary>
    public const string EventName = "$event_name";
}
