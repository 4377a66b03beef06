namespace Rondo.Model.Events;

/// <summary>Properties that every event has without carrying them.</summary>
public static class BuiltInProperties
{
    /// <summary>When the event happened, as a date.</summary>
    public const string Time = "$time";

    /// <summary>The event's name.</summary>
    public const string EventName = "$event_name";

    /// <summary>Of the start and the end of a session: seconds from its first to its last event; not set while it has no end.</summary>
    public const string SessionSeconds = "$duration_s";

    /// <summary>Of the start and the end of a session: how many events it holds that belong to sessions.</summary>
    public const string SessionEventCount = "$event_count";
}
