using NodaTime;
using Rondo.Model.Events;

namespace Rondo.Model.Profiles;

/// <summary>The eight operators of Mixpanel's /engage.</summary>
/// <remarks>The numbers are written into the log; they may be added to, never changed.</remarks>
public enum ProfileOperator : byte
{
    /// <summary>Overwrite the named properties.</summary>
    Set = 1,

    /// <summary>Write only properties that do not exist yet.</summary>
    SetOnce = 2,

    /// <summary>Add numbers; a missing property counts as 0, a non-number stays as it is.</summary>
    Add = 3,

    /// <summary>Put a value at the end of a list; a missing list begins with it, a single value becomes the first item.</summary>
    Append = 4,

    /// <summary>Add the values that the list does not hold yet.</summary>
    Union = 5,

    /// <summary>Take every occurrence of a value out of a list.</summary>
    Remove = 6,

    /// <summary>Delete properties; only their names matter.</summary>
    Unset = 7,

    /// <summary>Delete the whole profile.</summary>
    Delete = 8,
}

/// <summary>One change to one profile.</summary>
/// <remarks>
/// With <see cref="IgnoreAlias"/> the id is taken literally; otherwise a device id that is merged into a user means the
/// user. <see cref="Time"/> becomes <c>$last_seen</c> unless <see cref="IgnoreTime"/> is set.
/// </remarks>
public sealed record ProfileUpdate
{
    /// <summary>Whose profile; never empty.</summary>
    public required string DistinctId { get; init; }

    /// <summary>What to do.</summary>
    public required ProfileOperator Operator { get; init; }

    /// <summary>The operands; empty for <see cref="ProfileOperator.Delete"/>, null values for <see cref="ProfileOperator.Unset"/>.</summary>
    public required IReadOnlyList<Property> Properties { get; init; }

    /// <summary>When the change was made.</summary>
    public required Instant Time { get; init; }

    /// <summary>Do not touch <c>$last_seen</c>.</summary>
    public bool IgnoreTime { get; init; }

    /// <summary>Use the id as it is, even when it is a merged device.</summary>
    public bool IgnoreAlias { get; init; }
}
