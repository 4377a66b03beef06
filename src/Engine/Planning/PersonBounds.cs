using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Rondo.Engine.Parts;

namespace Rondo.Engine.Planning;

/// <summary>Where the events of each person of a block begin and end, when they follow one another without a gap.</summary>
/// <remarks>
/// How many persons in between have no events is not foreseen. So an end is written to as many persons at once as fit into a
/// vector, and whoever comes next overwrites what was too much; only longer gaps are a branch.
/// </remarks>
internal sealed unsafe class PersonBounds
{
    /// <summary>One more than persons, and what the last vector reaches beyond.</summary>
    private readonly NativeColumn<int> _bounds = new(TrackBlocks.Width + Vector256<int>.Count);

    /// <summary>Per person the index of the first event.</summary>
    public int* Starts => _bounds.Start;

    /// <summary>Per person the index after the last event, where the next person's begin.</summary>
    public int* Ends => _bounds.Start + 1;

    /// <param name="persons">Persons of the block who have rows, ascending.</param>
    /// <param name="starts">Per such person the first row, and at last the end of all.</param>
    /// <param name="count">How many.</param>
    /// <param name="firstPerson">The first person of the block.</param>
    /// <param name="firstPlace">Where the first of them begins.</param>
    /// <param name="places">Where a row's event is.</param>
    public void Set<TPlaces>(int* persons, int* starts, int count, int firstPerson, int firstPlace, TPlaces places)
        where TPlaces : struct, IRowPlaces
    {
        var bounds = _bounds.Start;
        var end = Vector256.Create(firstPlace);
        var written = bounds;
        for (nint index = 0; index < count; index++)
        {
            var bound = bounds + (uint)(persons[index] - firstPerson);
            for (; written <= bound; written += Vector256<int>.Count)
            {
                end.Store(written);
            }

            end = Vector256.Create(places.Behind((uint)starts[index + 1] - 1));
            end.Store(bound + 1);
            written = bound + 1 + Vector256<int>.Count;
        }

        for (; written <= bounds + TrackBlocks.Width; written += Vector256<int>.Count)
        {
            end.Store(written);
        }
    }
}

/// <summary>Where in a block the events of rows are.</summary>
internal interface IRowPlaces
{
    /// <summary>The place behind the events of a row and of those before it.</summary>
    int Behind(uint row);
}

/// <summary>Every row has an event.</summary>
/// <param name="firstRow">The row at place 0.</param>
internal readonly struct RowsInOrder(int firstRow) : IRowPlaces
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Behind(uint row) => (int)row + 1 - firstRow;
}

/// <summary>The rows that pass a mask.</summary>
/// <param name="words">The run's mask, of which only the words of the block's rows are read.</param>
/// <param name="passedBefore">Per such word how many rows of the block pass before it; of the first, less what passes before the block.</param>
internal readonly unsafe struct PassedRows(ulong* words, int* passedBefore) : IRowPlaces
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Behind(uint row) => passedBefore[row >> 6] + BitOperations.PopCount(words[row >> 6] << (int)~row);
}
