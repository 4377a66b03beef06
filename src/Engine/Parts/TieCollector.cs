
namespace Rondo.Engine.Parts;

/// <summary>Watches the rows of a part in the order of its timeline, and notes the ranks of rows tied with rows of another name.</summary>
internal sealed unsafe class TieCollector(int nameCount)
{
    private readonly (Growing<int> Rows, Growing<int> Ranks)?[] _byName = new (Growing<int>, Growing<int>)?[nameCount];
    private readonly List<(int Name, int Row)> _group = [];
    private int _person = -1;
    private long _time;
    private bool _isMixed;

    /// <param name="person">The row's person.</param>
    /// <param name="time">Its time.</param>
    /// <param name="name">The number of its name.</param>
    /// <param name="row">Its row in the run of that name.</param>
    public void Add(int person, long time, int name, int row)
    {
        if (person != _person || time != _time)
        {
            Finish();
            (_person, _time, _isMixed) = (person, time, false);
        }

        _isMixed |= _group.Count > 0 && _group[0].Name != name;
        _group.Add((name, row));
    }

    /// <summary>To be called after the last row.</summary>
    public void Finish()
    {
        for (var rank = 0; _isMixed && rank < _group.Count; rank++)
        {
            var (rows, ranks) = _byName[_group[rank].Name] ??= (new Growing<int>(), new Growing<int>());
            rows.Add(_group[rank].Row);
            ranks.Add(rank + 1);
        }

        _group.Clear();
    }

    /// <summary>What was noted of a name; null when nothing was.</summary>
    public TieRanks? Of(int name)
    {
        if (_byName[name] is not { } noted)
        {
            return null;
        }

        var rows = new NativeColumn<int>(noted.Rows.Count);
        var ranks = new NativeColumn<int>(noted.Rows.Count);
        noted.Rows.Values.AsSpan(0, noted.Rows.Count).CopyTo(rows.Values);
        noted.Ranks.Values.AsSpan(0, noted.Ranks.Count).CopyTo(ranks.Values);
        return new TieRanks(rows.Start, ranks.Start, noted.Rows.Count, (rows, ranks));
    }
}
