using System.Runtime.InteropServices;
using Rondo.Engine.Parts;
using Rondo.Engine.Planning;
using Rondo.Model.Events;

namespace Rondo.Engine.Execution;

/// <summary>
/// The values of an event property as texts (<see cref="PropertyValue.ToText"/>), by numbers that several tracks share. A text
/// is looked at once per distinct value of a run. Read-only after it was made, so threads share it.
/// </summary>
internal sealed class PropertyTexts
{
    /// <summary>The number of "not set".</summary>
    public const int NotSet = 0;

    private readonly List<string?> _texts = [null];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Coding[][] _codings;

    public PropertyTexts(string property, params IReadOnlyList<Track> tracks) =>
        _codings = [.. tracks.Select(track => track.Runs.Select(run => Code(run.Run, run.Run.Property(property))).ToArray())];

    /// <summary>By number; null is "not set".</summary>
    public IReadOnlyList<string?> Texts => _texts;

    /// <summary>The number of an event's value.</summary>
    public int Of(int track, TrackCursor cursor, int index)
    {
        ref readonly var coding = ref _codings[track][cursor.RunOf(index)];
        var row = cursor.RowOf(index);
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

    private Coding Code(Run run, PropertyColumns? columns)
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
                ref var code = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, number, out var exists);
                if (!exists && !double.IsNaN(number))
                {
                    code = NumberOf(PropertyValue.Of(number));
                }
            }
        }

        return new Coding(columns, Code(columns.Texts), Code(columns.Others), numbers);
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
            number = _texts.Count;
            _texts.Add(text);
        }

        return number;
    }

    private readonly record struct Coding(PropertyColumns? Columns, int[]? Texts, int[]? Others, Dictionary<double, int>? Numbers);
}
