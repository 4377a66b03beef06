using System.Diagnostics.CodeAnalysis;

namespace Rondo.Engine;

/// <summary>What must hold if the engine is right. A failure is a bug and stops the operation.</summary>
internal static class Invariant
{
    public static void That([DoesNotReturnIf(false)] bool holds, string statement)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"Engine invariant broken: {statement}");
        }
    }
}
