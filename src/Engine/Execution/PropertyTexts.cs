using System.Runtime.InteropServices;
using Rondo.Engine.Identity;
using Rondo.Engine.Parts;
using Rondo.Engine.Planning;
using Rondo.Engine.Profiles;
using Rondo.Model.Events;
using Rondo.Model.Queries;

namespace Rondo.Engine.Execution;

/// <summary>
/// The values of a property of any source as texts (<see cref="PropertyValue.ToText"/>), by numbers that several tracks share.
/// A text is looked at once per distinct value of a run. Read-only after it was made, so threads share it.
/// </summary>
internal sealed class PropertyTexts
{
    /// <summary>The number of "not set".</summary>
    public const int NotSet = 0;

    private readonly List<string?> _texts = [null];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Coding[][] _codings = [];
    private readonly PersonColumn<int>? _byPerson;

    public PropertyTexts(PropertyValues values, PropertyName property, params IReadOnlyList<Track> tracks)
    {
        if (values.IsOfPerson(property.Source, property.Property))
        {
            _byPerson = values.OfPersons(property.Source, property.Property).Convert(NumberOf);
        }
        else
        {
            _codings = [.. tracks.Select(track => track.Runs.Select(run => Code(run.Run, values.Of(run.Run, property.Source, property.Property))).ToArray())];
        }
    }

    /// <summary>By number; null is "not set".</summary>
    public IReadOnlyList<string?> Texts => _texts;

    /// <summary>The number of the value at an event of a person.</summary>
    public int Of(int track, TrackCursor cursor, int index, int person)
    {
        if (_byPerson is not null)
        {
            return _byPerson[person];
        }

        ref readonly var coding = ref _codings[track][cursor.RunOf(index)];
        var row = cursor.RowOf(index);
        if (coding.Rows is not null)
        {
            return coding.Rows[row];
        }

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

    private Coding Code(Run run, RowValues values) => values switch
    {
        StoredValues { Columns: null } => default,
        StoredValues { Columns: { } columns } => Code(run, columns),
        CodedValues coded => OfRows(coded.Codes, Array.ConvertAll(coded.Values, NumberOf)),
        _ => new Coding(null, null, null, null, [.. Enumerable.Range(0, run.RowCount).Select(row => NumberOf(values.At(row, IdDirectory.Nobody)))]),
    };

    private static Coding OfRows(int[] codes, int[] numbers) => new(null, null, null, null, Array.ConvertAll(codes, code => numbers[code]));

    private Coding Code(Run run, PropertyColumns columns)
    {
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

        return new Coding(columns, Code(columns.Texts), Code(columns.Others), numbers, null);
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

    private readonly record struct Coding(PropertyColumns? Columns, int[]? Texts, int[]? Others, Dictionary<double, int>? Numbers, int[]? Rows);
}
