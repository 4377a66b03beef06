namespace Rondo.Engine.Parts;

/// <summary>Per row a small non-negative number, in as few bytes as the largest one needs: 1, 2 or 4.</summary>
/// <param name="Start">Where the column begins.</param>
/// <param name="Width">Bytes of one value.</param>
internal readonly unsafe record struct CodeColumn(nint Start, int Width)
{
    public int this[int row] => Width switch
    {
        1 => ((byte*)Start)[row],
        2 => ((ushort*)Start)[row],
        _ => ((int*)Start)[row],
    };

    /// <summary>The bytes that numbers below <paramref name="count"/> need.</summary>
    public static int WidthFor(int count) => count <= 1 << 8 ? 1 : count <= 1 << 16 ? 2 : 4;

    /// <summary>Sets a bit for each row from <paramref name="firstRow"/> on whose code is chosen. <paramref name="words"/> begins at row 0.</summary>
    public void Choose(ReadOnlySpan<bool> isChosen, int firstRow, int endRow, Span<ulong> words)
    {
        switch (Width)
        {
            case 1: Choose((byte*)Start, isChosen, firstRow, endRow, words); break;
            case 2: Choose((ushort*)Start, isChosen, firstRow, endRow, words); break;
            default: Choose((int*)Start, isChosen, firstRow, endRow, words); break;
        }
    }

    private static void Choose<T>(T* codes, ReadOnlySpan<bool> isChosen, int firstRow, int endRow, Span<ulong> words)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        for (var row = firstRow; row < endRow;)
        {
            var end = Math.Min(endRow, (row | 63) + 1);
            ulong bits = 0;
            for (var at = row; at < end; at++)
            {
                bits |= (isChosen[int.CreateTruncating(codes[at])] ? 1UL : 0UL) << (at & 63);
            }

            words[row >> 6] |= bits;
            row = end;
        }
    }
}
