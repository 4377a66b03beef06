namespace Rondo.Server.Import;

/// <summary>What a file to be imported holds.</summary>
internal enum ImportFormat
{
    /// <summary>Mixpanel's own events, one object a line or one array.</summary>
    Mixpanel,

    /// <summary>One object a line with fields of any name.</summary>
    Ndjson,

    /// <summary>A table with a header row.</summary>
    Csv,
}

/// <summary>Which fields of a plain record are the event's name, the person and the time; the others become properties.</summary>
/// <param name="EventField">Null when every record is the same event.</param>
/// <param name="EventName">The event of every record; null when a field says it.</param>
/// <param name="UserField">Records without a value there belong to nobody.</param>
/// <param name="TimeField">Seconds or milliseconds since 1970, or ISO 8601 text (UTC without an offset).</param>
internal sealed record FieldMapping(string? EventField, string? EventName, string UserField, string TimeField);

/// <summary>One record of a file: what is sent for it, or why it cannot be.</summary>
/// <param name="Line">Where it begins, from 1; for an array, the number of the record.</param>
/// <param name="Json">The event as /import takes it; empty when there is a problem.</param>
/// <param name="Problem">Why it is refused; null when it can be sent.</param>
internal readonly record struct ImportRecord(long Line, ReadOnlyMemory<byte> Json, string? Problem)
{
    public static ImportRecord Refused(long line, string problem) => new(line, default, problem);
}
