using System.Runtime.Intrinsics;

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

    /// <summary>Sets a bit for each row whose code is chosen; <paramref name="words"/> has 64 rows a word and is zero before.</summary>
    public void Choose(bool[] isChosen, int rowCount, Span<ulong> words)
    {
        var chosen = Enumerable.Range(0, isChosen.Length).Where(code => isChosen[code]).Take(5).ToArray();
        if (Width == 1 && chosen.Length <= 4)
        {
            ChooseFew(chosen, rowCount, words);
            return;
        }

        switch (Width)
        {
            case 1: ChooseAny((byte*)Start, isChosen, 0, rowCount, words); break;
            case 2: ChooseAny((ushort*)Start, isChosen, 0, rowCount, words); break;
            default: ChooseAny((int*)Start, isChosen, 0, rowCount, words); break;
        }
    }

    /// <summary>A few codes are compared with 64 rows at once.</summary>
    private void ChooseFew(int[] chosen, int rowCount, Span<ulong> words)
    {
        var codes = (byte*)Start;
        var whole = rowCount / 64;
        foreach (var code in chosen)
        {
            var wanted = Vector256.Create((byte)code);
            for (var word = 0; word < whole; word++)
            {
                ulong low = Vector256.Equals(Vector256.Load(codes + (word * 64)), wanted).ExtractMostSignificantBits();
                ulong high = Vector256.Equals(Vector256.Load(codes + (word * 64) + 32), wanted).ExtractMostSignificantBits();
                words[word] |= low | (high << 32);
            }

            for (var row = whole * 64; row < rowCount; row++)
            {
                words[row >> 6] |= (codes[row] == code ? 1UL : 0) << (row & 63);
            }
        }
    }

    private static void ChooseAny<T>(T* codes, bool[] isChosen, int firstRow, int endRow, Span<ulong> words)
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
