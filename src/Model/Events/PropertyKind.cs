namespace Rondo.Model.Events;

/// <summary>The type of one property value. A property may carry values of different kinds in different events.</summary>
/// <remarks>The numbers are written into files; they may be added to, never changed.</remarks>
public enum PropertyKind : byte
{
    /// <summary>JSON null, or a property that is absent: both read as "(not set)".</summary>
    Null = 0,

    /// <summary>Text.</summary>
    String = 1,

    /// <summary>A double-precision number.</summary>
    Number = 2,

    /// <summary>True or false.</summary>
    Boolean = 3,

    /// <summary>A list of values of any kind.</summary>
    List = 4,

    /// <summary>A JSON object, kept as its canonical text.</summary>
    Object = 5,

    /// <summary>An instant. Never stored: dates are stored as text; expressions and the time of an event give this kind.</summary>
    Date = 6,
}
