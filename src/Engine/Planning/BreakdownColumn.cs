using System.Runtime.InteropServices;
using Rondo.Engine.Execution;
using Rondo.Engine.Identity;
using Rondo.Engine.Parts;
using Rondo.Engine.Profiles;
using Rondo.Model.Events;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;

namespace Rondo.Engine.Planning;

/// <summary>
/// One breakdown over the events of a track: every event has a code, and every code one or several parts of a segment. A
/// text is looked at once per distinct text. Read-only after it was made, so threads share it.
/// </summary>
internal sealed class BreakdownColumn
{
    private const int NotSet = 0;
    private const long QuarterHour = 15 * 60 * 1000;

    private readonly List<IReadOnlyList<SegmentPart>> _parts = [];
    private readonly Dictionary<Segment, int> _codes = [];
    private readonly Bucketing? _buckets;
    private readonly ProjectCalendar _calendar;
    private readonly RunCoding[] _runs = [];
    private readonly PersonColumn<int>? _byPerson;

    public BreakdownColumn(Question question, Track track, Breakdown breakdown)
    {
        _calendar = question.Context.Calendar;
        _buckets = breakdown.Buckets is AutoBuckets ? Choose(question, track, breakdown) : breakdown.Buckets;
        CodeOf([SegmentPart.NotSet]);
        var values = question.Filter.Values;
        if (breakdown.IsByCohort)
        {
            _byPerson = CodeCohorts(question, breakdown);
        }
        else if (values.IsOfPerson(breakdown.Source, breakdown.Property))
        {
            _byPerson = CodePersons(values.OfPersons(breakdown.Source, breakdown.Property));
        }
        else
        {
            _runs = [.. track.Runs.Select(run => Code(run.Run, values.Of(run.Run, breakdown.Source, breakdown.Property)))];
        }
    }

    /// <summary>The parts of every code.</summary>
    public IReadOnlyList<IReadOnlyList<SegmentPart>> Parts => _parts;

    public int Of(int run, int row, int person)
    {
        if (_byPerson is not null)
        {
            return _byPerson[person];
        }

        ref readonly var coding = ref _runs[run];
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

    /// <summary>The codes of some persons of a block, where the breakdown is of the person.</summary>
    public void OfPersons(int firstPerson, ReadOnlySpan<int> places, Span<int> into) => _byPerson!.Read(firstPerson, places, into);

    /// <summary>The even buckets for the numbers of all events of the track; none when there are no numbers.</summary>
    private static EvenBuckets Choose(Question question, Track track, Breakdown breakdown)
    {
        var reader = new PropertyReader(question.Filter.Values, track, breakdown.Source, breakdown.Property);
        var (smallest, largest) = (double.PositiveInfinity, double.NegativeInfinity);
        var cursor = new TrackCursor(track, question.View.Ids, 0);
        for (var person = cursor.Peek(); person != int.MaxValue; person = cursor.Peek())
        {
            cursor.MoveTo(person);
            for (var index = 0; index < cursor.Count; index++)
            {
                var value = reader.Of(cursor.RunOf(index), cursor.RowOf(index), person);
                foreach (var item in value.Kind == PropertyKind.List ? value.Items : [value])
                {
                    if (item.Kind == PropertyKind.Number)
                    {
                        (smallest, largest) = (Math.Min(smallest, item.Number), Math.Max(largest, item.Number));
                    }
                }
            }
        }

        return smallest > largest ? new EvenBuckets(1, 0, 1) : AutoBuckets.For(smallest, largest);
    }

    private PersonColumn<int> CodeCohorts(Question question, Breakdown breakdown)
    {
        var members = breakdown.Cohorts.Select(cohort => (Number: cohort.ToString(), Set: question.Context.CohortMembers(cohort))).ToArray();
        var codeOfPattern = new int[1 << members.Length];
        Array.Fill(codeOfPattern, -1);
        var byPerson = new int[question.View.Ids.Count];
        for (var person = 0; person < byPerson.Length; person++)
        {
            var pattern = 0;
            for (var cohort = 0; cohort < members.Length; cohort++)
            {
                pattern |= members[cohort].Set.Contains(new PersonNumber(person)) ? 1 << cohort : 0;
            }

            if (codeOfPattern[pattern] < 0)
            {
                codeOfPattern[pattern] = CodeOf([.. members.Select((cohort, index) => new SegmentPart((pattern & (1 << index)) != 0 ? SegmentKind.InCohort : SegmentKind.NotInCohort, cohort.Number))]);
            }

            byPerson[person] = codeOfPattern[pattern];
        }

        return new PersonColumn<int>(byPerson.Length, null, byPerson, NotSet);
    }

    private RunCoding Code(Run run, RowValues values) => values switch
    {
        StoredValues { Columns: null } => default,
        StoredValues { Columns: { } columns } => Code(run, columns),
        CodedValues coded => OfRows(coded.Codes, Array.ConvertAll(coded.Values, CodeOf)),
        TimeValues times => new RunCoding(null, null, null, null, CodeTimes(run, times)),
        _ => new RunCoding(null, null, null, null, [.. Enumerable.Range(0, run.RowCount).Select(row => CodeOf(values.At(row, IdDirectory.Nobody)))]),
    };

    private static RunCoding OfRows(int[] codes, int[] map) => new(null, null, null, null, Array.ConvertAll(codes, code => map[code]));

    /// <summary>Whatever the part of a date, it does not change within a quarter of an hour in any time zone since 1972.</summary>
    private int[] CodeTimes(Run run, TimeValues times)
    {
        var codes = new int[run.RowCount];
        var known = new Dictionary<long, int>();
        for (var row = 0; row < codes.Length; row++)
        {
            var milliseconds = times.MillisecondsAt(row);
            ref var code = ref CollectionsMarshal.GetValueRefOrAddDefault(known, _buckets is DateBuckets ? milliseconds - (((milliseconds % QuarterHour) + QuarterHour) % QuarterHour) : milliseconds, out var exists);
            code = exists ? code : CodeOf(times.At(row, IdDirectory.Nobody));
            codes[row] = code;
        }

        return codes;
    }

    private RunCoding Code(Run run, PropertyColumns columns)
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
                    code = CodeOf(PropertyValue.Of(number));
                }
            }
        }

        return new RunCoding(columns, Code(columns.Texts), Code(columns.Others), numbers, null);
    }

    /// <summary>Many persons share few values: each is looked at once.</summary>
    private PersonColumn<int> CodePersons(PersonColumn<PropertyValue> values)
    {
        var known = new Dictionary<PropertyValue, int>();
        return values.Convert(value =>
        {
            ref var code = ref CollectionsMarshal.GetValueRefOrAddDefault(known, value, out var exists);
            return exists ? code : code = CodeOf(value);
        });
    }

    private int[]? Code(CodedColumn? column) => column is null ? null : [.. column.Values.Select(CodeOf)];

    private int CodeOf(PropertyValue value) => CodeOf(Breakdown.PartsOf(value, _buckets, _calendar));

    private int CodeOf(IReadOnlyList<SegmentPart> parts)
    {
        ref var code = ref CollectionsMarshal.GetValueRefOrAddDefault(_codes, Segment.Of([.. parts]), out var exists);
        if (!exists)
        {
            code = _parts.Count;
            _parts.Add(parts);
        }

        return code;
    }

    private readonly record struct RunCoding(PropertyColumns? Columns, int[]? Texts, int[]? Others, Dictionary<double, int>? Numbers, int[]? Rows);
}
