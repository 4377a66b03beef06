namespace Rondo.Server.Import;

/// <summary>What became of an import; the command's result.</summary>
internal sealed class ImportSummary
{
    private const int ExamplesPerReason = 5;
    private readonly Dictionary<string, Refusal> _refusals = new(StringComparer.Ordinal);

    public required string Project { get; init; }

    public int Files { get; set; }

    /// <summary>Records read from the files.</summary>
    public long Read { get; set; }

    /// <summary>Records that an earlier, interrupted run had sent already.</summary>
    public long Resumed { get; set; }

    public long Imported { get; set; }

    public long Refused { get; private set; }

    public double Seconds { get; set; }

    /// <summary>Why records were refused, most frequent first.</summary>
    public IEnumerable<Refusal> Reasons => _refusals.Values.OrderByDescending(refusal => refusal.Count);

    public void Refuse(string file, long line, string reason)
    {
        Refused++;
        if (!_refusals.TryGetValue(reason, out var refusal))
        {
            refusal = new Refusal(reason);
            _refusals.Add(reason, refusal);
        }

        refusal.Count++;
        if (refusal.Examples.Count < ExamplesPerReason)
        {
            refusal.Examples.Add($"{file}:{line}");
        }
    }

    internal sealed class Refusal(string reason)
    {
        public string Reason { get; } = reason;

        public long Count { get; set; }

        public List<string> Examples { get; } = [];
    }
}
