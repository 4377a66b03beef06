namespace Rondo.Engine.Planning;

/// <summary>One bit per row of a run: whether a filter lets it through.</summary>
internal sealed class RowMask(int rowCount)
{
    private readonly ulong[] _words = new ulong[(rowCount + 63) / 64];

    public bool this[int row]
    {
        get => (_words[row >> 6] & (1UL << (row & 63))) != 0;
        set
        {
            if (value)
            {
                _words[row >> 6] |= 1UL << (row & 63);
            }
            else
            {
                _words[row >> 6] &= ~(1UL << (row & 63));
            }
        }
    }

    public RowMask And(RowMask other) => Combine(other, static (left, right) => left & right);

    public RowMask Or(RowMask other) => Combine(other, static (left, right) => left | right);

    public RowMask Not()
    {
        for (var word = 0; word < _words.Length; word++)
        {
            _words[word] = ~_words[word];
        }

        return this;
    }

    /// <summary>Changes this mask in place and returns it.</summary>
    private RowMask Combine(RowMask other, Func<ulong, ulong, ulong> combine)
    {
        for (var word = 0; word < _words.Length; word++)
        {
            _words[word] = combine(_words[word], other._words[word]);
        }

        return this;
    }
}
