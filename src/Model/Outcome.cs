using System.Diagnostics.CodeAnalysis;
using Rondo.Model.Queries;

namespace Rondo.Model;

/// <summary>Either what was asked for, or why it was refused. An expected refusal is a value, never an exception.</summary>
public sealed class Outcome<T>
{
    private Outcome(T? value, IReadOnlyList<Problem> problems)
    {
        Value = value;
        Problems = problems;
    }

    /// <summary>What was asked for; null when refused.</summary>
    public T? Value { get; }

    /// <summary>Every reason for the refusal; empty when accepted.</summary>
    public IReadOnlyList<Problem> Problems { get; }

    /// <summary>Whether <see cref="Value"/> is there.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsAccepted => Problems.Count == 0;

    /// <summary>It was done.</summary>
    [SuppressMessage("Design", "CA1000", Justification = "The type argument is inferred where it matters.")]
    public static Outcome<T> Accepted(T value) => new(value, []);

    /// <summary>It was refused, for at least one reason.</summary>
    public static Outcome<T> Refused(params IReadOnlyList<Problem> problems) =>
        problems.Count > 0 ? new(default, problems) : throw new ArgumentException("A refusal needs a reason.", nameof(problems));

    /// <summary>It was refused for one reason.</summary>
    public static Outcome<T> Refused(string field, string rule) => new(default, [new Problem(field, rule)]);
}
