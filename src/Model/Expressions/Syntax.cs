using System.Collections.Immutable;
using Rondo.Model.Events;

namespace Rondo.Model.Expressions;

/// <summary>An expression as it was written; <paramref name="Position"/> is the character where it begins, from 1.</summary>
internal abstract record Syntax(int Position);

internal sealed record ConstantSyntax(int Position, PropertyValue Value) : Syntax(Position);

internal sealed record NameSyntax(int Position, string Name) : Syntax(Position);

internal sealed record CallSyntax(int Position, string Function, ImmutableArray<Syntax> Arguments) : Syntax(Position);

internal sealed record IndexSyntax(int Position, Syntax Target, Syntax Index) : Syntax(Position);

internal sealed record ListSyntax(int Position, ImmutableArray<Syntax> Items) : Syntax(Position);

internal sealed record UnarySyntax(int Position, bool IsNot, Syntax Operand) : Syntax(Position);

internal sealed record BinarySyntax(int Position, Sign Operator, Syntax Left, Syntax Right) : Syntax(Position);
