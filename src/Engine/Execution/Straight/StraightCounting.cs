using System.Numerics;
using Rondo.Engine.Planning;
using Rondo.Model.Stores;

namespace Rondo.Engine.Execution.Straight;

/// <summary>Finds who did something at least so often.</summary>
/// <param name="question">The question.</param>
/// <param name="track">What they did.</param>
/// <param name="start">First millisecond.</param>
/// <param name="end">Its end, not included.</param>
internal sealed unsafe class StraightCounting(Question question, Track track, long start, long end)
{
    /// <param name="minimumCount">1 or more.</param>
    public PersonSet AtLeast(int minimumCount) => TrackBlocks.AreInSeconds(track) ? AtLeast<uint>(minimumCount) : AtLeast<long>(minimumCount);

    private PersonSet AtLeast<T>(int minimumCount)
        where T : unmanaged, IBinaryInteger<T>
    {
        var (from, to) = (TrackBlocks.CeilingOf<T>(start), TrackBlocks.CeilingOf<T>(end));
        // Turns of a scan never share a word of the set.
        var words = new ulong[(question.View.Ids.Count + TrackBlocks.Width) / 64];
        BlockScan.Run(
            question.View,
            question.Threads,
            () => new TrackBlock<T>(track, question.View.Ids, withRows: false),
            (block, firstPerson) => block.Begin(firstPerson),
            (block, firstPerson) =>
            {
                if (!block.Read(firstPerson))
                {
                    return;
                }

                var times = block.Times;
                var starts = block.Starts;
                var ends = block.Ends;
                for (var place = firstPerson == 0 ? 1 : 0; place < TrackBlocks.Width; place++)
                {
                    // Times ascend: enough of them lie in the range when so many before its end reach its start.
                    var last = ends[place] - 1;
                    while (last >= starts[place] && times[last] >= to)
                    {
                        last--;
                    }

                    var least = last - minimumCount + 1;
                    if (least >= starts[place] && times[least] >= from)
                    {
                        words[(firstPerson + place) >> 6] |= 1UL << ((firstPerson + place) & 63);
                    }
                }
            },
            question.CancellationToken);
        return PersonSet.OfWords(words);
    }
}
