namespace Rondo.Engine.Parts;

/// <summary>
/// The place in the order of arrival of rows that share person and time with a row of another name, within their part.
/// Rows without an entry need none: their time, or the order within their run, says it all.
/// </summary>
/// <param name="rows">The rows, ascending.</param>
/// <param name="ranks">Their places among the rows of all names with the same person and time, from 1.</param>
/// <param name="count">How many there are.</param>
/// <param name="owner">What holds the memory.</param>
internal sealed unsafe class TieRanks(int* rows, int* ranks, int count, object owner)
{
    public int Count => count;

    public int* Rows => rows;

    public int* Ranks => ranks;

    /// <summary>A row's place; 0 when it is not tied.</summary>
    public int Of(int row)
    {
        var index = new ReadOnlySpan<int>(rows, count).BinarySearch(row);
        var rank = index < 0 ? 0 : ranks[index];
        GC.KeepAlive(owner);
        return rank;
    }
}
