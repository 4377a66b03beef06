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
    public PersonSet AtLeast(int minimumCount)
    {
        // Turns of a scan never share a word of the set.
        var words = new ulong[(question.View.Ids.Count + 63) / 64];
        BlockScan.Run(
            question.View,
            question.Threads,
            () => new TrackBlock(track, question.View.Ids, withRows: false),
            (block, firstPerson) => block.Begin(firstPerson),
            (block, firstPerson) =>
            {
                if (!block.Read(firstPerson))
                {
                    return;
                }

                for (var place = firstPerson == 0 ? 1 : 0; place < TrackBlock.Width; place++)
                {
                    if (block.Ends[place] - block.Starts[place] >= minimumCount && CountOf(block, place) >= minimumCount)
                    {
                        words[(firstPerson + place) >> 6] |= 1UL << ((firstPerson + place) & 63);
                    }
                }
            },
            question.CancellationToken);
        return PersonSet.OfWords(words);
    }

    private int CountOf(TrackBlock block, int place)
    {
        var count = 0;
        for (var index = block.Starts[place]; index < block.Ends[place]; index++)
        {
            count += block.Times[index] >= start && block.Times[index] < end ? 1 : 0;
        }

        return count;
    }
}
