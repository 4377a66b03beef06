namespace Rondo.Model.Predicates;

/// <summary>The operators of property filters (Mixpanel reference, 3.0).</summary>
public enum PropertyOperator
{
    /// <summary>The value is one of those given; text compares with case.</summary>
    Equals = 1,

    /// <summary>The value is none of those given; a value that is not set passes.</summary>
    DoesNotEqual = 2,

    /// <summary>The text contains one of those given, whatever the case.</summary>
    Contains = 3,

    /// <summary>The text contains none of those given; a value that is not set passes.</summary>
    DoesNotContain = 4,

    /// <summary>The text starts with one of those given, whatever the case.</summary>
    StartsWith = 5,

    /// <summary>The text ends with one of those given, whatever the case.</summary>
    EndsWith = 6,

    /// <summary>There is a value (the empty text is one).</summary>
    IsSet = 7,

    /// <summary>There is no value, or null.</summary>
    IsNotSet = 8,

    /// <summary>Number: greater than the first operand.</summary>
    GreaterThan = 9,

    /// <summary>Number: less than the first operand.</summary>
    LessThan = 10,

    /// <summary>Number: the first operand or greater.</summary>
    AtLeast = 11,

    /// <summary>Number: the first operand or less.</summary>
    AtMost = 12,

    /// <summary>Number: from the first to the second operand, both included.</summary>
    Between = 13,

    /// <summary>Number: a number outside the first to the second operand.</summary>
    NotBetween = 14,

    /// <summary>Boolean true.</summary>
    IsTrue = 15,

    /// <summary>Boolean false.</summary>
    IsFalse = 16,

    /// <summary>Date (ISO text, UTC): before the start of the operand's day.</summary>
    Before = 17,

    /// <summary>Date: at or after the start of the operand's day.</summary>
    Since = 18,

    /// <summary>Date: on the operand's day.</summary>
    On = 19,

    /// <summary>Date: a date on another day.</summary>
    NotOn = 20,

    /// <summary>Date: from the first to the second operand's day, both included.</summary>
    BetweenDates = 21,

    /// <summary>Date: a date outside the first to the second operand's day.</summary>
    NotBetweenDates = 22,

    /// <summary>Date: from so many units ago to now. Operands: a number and a unit; rolling, a month is 30 days.</summary>
    InTheLast = 23,

    /// <summary>Date: a date that is not in the last so many units.</summary>
    NotInTheLast = 24,

    /// <summary>Date: later than now, up to so many units ahead.</summary>
    InTheNext = 25,
}
