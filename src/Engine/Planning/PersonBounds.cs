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
    /// <param name="places">Where a row's event is.</param>
    public void Set<TPlaces>(int* persons, int* starts, int count, int firstPerson, TPlaces places)
        where TPlaces : struct, IRowPlaces
    {
        var bounds = _bounds.Start;
        var end = Vector256.Create(places.Of(starts[0]));
        var written = 0;
        for (var index = 0; index < count; index++)
        {
            var place = persons[index] - firstPerson;
            for (; written <= place; written += Vector256<int>.Count)
            {
                end.Store(bounds + written);
            }

            end = Vector256.Create(places.Of(starts[index + 1]));
            end.Store(bounds + place + 1);
            written = place + 1 + Vector256<int>.Count;
        }

        for (; written <= TrackBlocks.Width; written += Vector256<int>.Count)
        {
            end.Store(bounds + written);
        }
    }
}

/// <summary>Where in a block the event of a row is, or would be.</summary>
internal interface IRowPlaces
{
    int Of(int row);
}

/// <summary>Every row has an event.</summary>
/// <param name="firstRow">The row at place 0.</param>
internal readonly struct RowsInOrder(int firstRow) : IRowPlaces
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Of(int row) => row - firstRow;
}

/// <summary>The rows that pass a mask.</summary>
/// <param name="words">The mask, from the word of the block's first row on.</param>
/// <param name="passedBefore">Per such word how many rows of the block pass before it; of the first, less what passes before the block.</param>
/// <param name="firstWord">The number of the first of these words.</param>
internal readonly unsafe struct PassedRows(ulong* words, int* passedBefore, int firstWord) : IRowPlaces
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Of(int row)
    {
        var word = (row >> 6) - firstWord;
        return passedBefore[word] + BitOperations.PopCount(words[word] & ((1UL << row) - 1));
    }
}
