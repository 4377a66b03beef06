using System.Text.Json.Serialization;

namespace Rondo.Model.Queries;

/// <summary>What a segment of a report stands for.</summary>
public enum SegmentKind
{
    /// <summary>Everything together, without breakdown.</summary>
    Overall = 0,

    /// <summary>One value of the property.</summary>
    Value = 1,

    /// <summary>The property has no value.</summary>
    NotSet = 2,

    /// <summary>All values beyond the limit, together.</summary>
    Other = 3,
}

/// <summary>One segment of a broken-down report. The default value is the whole.</summary>
/// <param name="Kind">What it stands for.</param>
/// <param name="Value">The value's text (<see cref="Rondo.Model.Events.PropertyValue.ToText"/>) for <see cref="SegmentKind.Value"/>, else null.</param>
public readonly record struct Segment(SegmentKind Kind, string? Value)
{
    /// <summary>Everything together.</summary>
    public static Segment Overall => default;

    /// <summary>No value.</summary>
    public static Segment NotSet => new(SegmentKind.NotSet, null);

    /// <summary>The rest.</summary>
    public static Segment Other => new(SegmentKind.Other, null);

    /// <summary>One value; null gives <see cref="NotSet"/>.</summary>
    public static Segment Of(string? value) => value is null ? NotSet : new Segment(SegmentKind.Value, value);

    /// <summary>The text shown in tables: "(not set)", "(empty string)", "$other", "$overall" or the value.</summary>
    [JsonIgnore]
    public string Label => Kind switch
    {
        SegmentKind.Overall => "$overall",
        SegmentKind.NotSet => "(not set)",
        SegmentKind.Other => "$other",
        _ => Value!.Length == 0 ? "(empty string)" : Value,
    };
}
