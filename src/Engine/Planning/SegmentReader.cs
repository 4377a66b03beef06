using System.Runtime.InteropServices;
using Rondo.Engine.Parts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;

namespace Rondo.Engine.Planning;

/// <summary>Says which segment of a breakdown an event of a track belongs to. Read-only after it was made, so threads share it.</summary>
internal sealed class SegmentReader
{
    private const int NotSet = 0;

    private readonly List<Segment> _segments = [Segment.NotSet];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly RunCoding[] _runs;
    private readonly int[]? _byPerson;

    public SegmentReader(StoreView view, Track track, Breakdown breakdown)
    {
        if (breakdown.Source == PropertySource.User)
        {
            var byPerson = new int[view.Ids.Count];
            view.Profiles.Visit(breakdown.Property, byPerson.Length, (person, value) => byPerson[person] = NumberOf(value));
            _byPerson = byPerson;
            _runs = [];
        }
        else
        {
            _runs = [.. track.Runs.Select(run => Code(run.Run, run.Run.Property(breakdown.Property)))];
        }
    }

    /// <summary>The segments by number; number 0 is "not set".</summary>
    public IReadOnlyList<Segment> Segments => _segments;

    public int Of(int run, int row, int person)
    {
        if (_byPerson is not null)
        {
            return _byPerson[person];
        }

        ref readonly var coding = ref _runs[run];
        if (coding.Texts is not null && coding.Columns!.Texts!.CodeAt(row) is var text and not 0)
        {
            return coding.Texts[text];
        }

        if (coding.Numbers is not null && coding.Columns!.Numbers!.ValueAt(row) is var number && !double.IsNaN(number))
        {
            return coding.Numbers[number];
        }

        return coding.Others is null ? NotSet : coding.Others[coding.Columns!.Others!.CodeAt(row)];
    }

    private RunCoding Code(Run run, PropertyColumns? columns)
    {
        if (columns is null)
        {
            return default;
        }

        Dictionary<double, int>? numbers = null;
        if (columns.Numbers is { } column)
        {
            numbers = [];
            for (var row = 0; row < run.RowCount; row++)
            {
                var number = column.ValueAt(row);
                ref var segment = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, number, out var exists);
                if (!exists && !double.IsNaN(number))
                {
                    segment = NumberOf(PropertyValue.Of(number));
                }
            }
        }

        return new RunCoding(columns, Code(columns.Texts), Code(columns.Others), numbers);
    }

    private int[]? Code(CodedColumn? column) => column is null ? null : [.. column.Values.Select(NumberOf)];

    private int NumberOf(PropertyValue value)
    {
        if (value.ToText() is not { } text)
        {
            return NotSet;
        }

        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, text, out var exists);
        if (!exists)
        {
            number = _segments.Count;
            _segments.Add(Segment.Of(text));
        }

        return number;
    }

    private readonly record struct RunCoding(PropertyColumns? Columns, int[]? Texts, int[]? Others, Dictionary<double, int>? Numbers);
}
