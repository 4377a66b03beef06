using System.Collections.Immutable;
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

    /// <summary>With several breakdowns: one part of each.</summary>
    Combination = 4,

    /// <summary>In the cohort whose number is the value.</summary>
    InCohort = 5,

    /// <summary>Not in the cohort whose number is the value.</summary>
    NotInCohort = 6,
}

/// <summary>One segment of a broken-down report. The default value is the whole.</summary>
/// <param name="Kind">What it stands for.</param>
/// <param name="Value">The value's text (<see cref="Rondo.Model.Events.PropertyValue.ToText"/>) for <see cref="SegmentKind.Value"/>, a cohort's number for the two kinds of cohort, else null.</param>
public readonly record struct Segment(SegmentKind Kind, string? Value)
{
    /// <summary>For <see cref="SegmentKind.Combination"/> one part per breakdown, in order; else empty.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ImmutableArray<SegmentPart> Parts { get; init; }

    /// <summary>Everything together.</summary>
    public static Segment Overall => default;

    /// <summary>No value.</summary>
    public static Segment NotSet => new(SegmentKind.NotSet, null);

    /// <summary>The rest.</summary>
    public static Segment Other => new(SegmentKind.Other, null);

    /// <summary>The text shown in tables: "(not set)", "(empty string)", "$other", "$overall" or the value; the parts of a combination with " / " between.</summary>
    [JsonIgnore]
    public string Label => Kind switch
    {
        SegmentKind.Overall => "$overall",
        SegmentKind.Other => "$other",
        SegmentKind.Combination => string.Join(" / ", Parts.Select(part => part.Label)),
        _ => new SegmentPart(Kind, Value).Label,
    };

    /// <summary>One value; null gives <see cref="NotSet"/>.</summary>
    public static Segment Of(string? value) => value is null ? NotSet : new Segment(SegmentKind.Value, value);

    /// <summary>The parts of all breakdowns: a combination, or the part itself when there is one.</summary>
    public static Segment Of(params ImmutableArray<SegmentPart> parts) =>
        parts is [var single] ? new Segment(single.Kind, single.Value) : new Segment(SegmentKind.Combination, null) { Parts = parts };

    /// <inheritdoc/>
    public bool Equals(Segment other) =>
        Kind == other.Kind && Value == other.Value
        && (Parts.IsDefaultOrEmpty ? other.Parts.IsDefaultOrEmpty : !other.Parts.IsDefaultOrEmpty && Parts.SequenceEqual(other.Parts));

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = HashCode.Combine(Kind, Value);
        foreach (var part in Parts.IsDefault ? [] : Parts)
        {
            hash = HashCode.Combine(hash, part);
        }

        return hash;
    }
}

/// <summary>What one breakdown contributes to a segment.</summary>
/// <param name="Kind">Value, not set, in a cohort or not in it.</param>
/// <param name="Value">As in <see cref="Segment"/>.</param>
public readonly record struct SegmentPart(SegmentKind Kind, string? Value)
{
    /// <summary>No value.</summary>
    public static SegmentPart NotSet => new(SegmentKind.NotSet, null);

    /// <summary>The text shown in tables.</summary>
    [JsonIgnore]
    public string Label => Kind switch
    {
        SegmentKind.NotSet => "(not set)",
        SegmentKind.InCohort => $"in cohort {Value}",
        SegmentKind.NotInCohort => $"not in cohort {Value}",
        _ => Value!.Length == 0 ? "(empty string)" : Value,
    };

    /// <summary>One value; null gives <see cref="NotSet"/>.</summary>
    public static SegmentPart Of(string? value) => value is null ? NotSet : new SegmentPart(SegmentKind.Value, value);
}
