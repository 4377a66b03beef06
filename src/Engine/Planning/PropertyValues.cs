using System.Runtime.InteropServices;
using Rondo.Engine.Parts;
using Rondo.Engine.Profiles;
using Rondo.Model.Events;
using Rondo.Model.Expressions;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;

namespace Rondo.Engine.Planning;

/// <summary>
/// Properties of any source as one question sees them. A profile is read once per person, an expression on the profile
/// evaluated once per person, one on a single event property once per distinct value, any other once per row. Used while a
/// question is planned, by one thread.
/// </summary>
internal sealed class PropertyValues(StoreView view, QueryContext context)
{
    private readonly Dictionary<(PropertySource, string), PersonColumn<PropertyValue>> _ofPersons = [];
    private readonly Dictionary<(Run, PropertySource, string), RowValues> _ofRows = [];

    /// <summary>Whether the property is the person's and not the event's.</summary>
    public bool IsOfPerson(PropertySource source, string property) => source switch
    {
        PropertySource.Event => false,
        PropertySource.User => true,
        _ => Expression.Of(source, property, context.Lexicon)?.UsesEvent != true,
    };

    /// <summary>The values by person; events' own properties are not set.</summary>
    public PersonColumn<PropertyValue> OfPersons(PropertySource source, string property)
    {
        if (!_ofPersons.TryGetValue((source, property), out var values))
        {
            values = source == PropertySource.User ? view.Profiles.Read(property, view.Ids.Count)
                : Expression.Of(source, property, context.Lexicon) is { } expression ? EvaluateOfPersons(expression)
                : PersonColumn<PropertyValue>.Of(view.Ids.Count, PropertyValue.Null);
            _ofPersons.Add((source, property), values);
        }

        return values;
    }

    /// <summary>The values over the rows of a run.</summary>
    public RowValues Of(Run run, PropertySource source, string property)
    {
        if (source == PropertySource.Event)
        {
            return property switch
            {
                BuiltInProperties.Time => new TimeValues(run),
                BuiltInProperties.EventName => new ConstantValue(PropertyValue.Of(run.EventName!)),
                _ => new StoredValues(run.Property(property)),
            };
        }

        if (IsOfPerson(source, property))
        {
            return new PersonValues(OfPersons(source, property));
        }

        if (!_ofRows.TryGetValue((run, source, property), out var values))
        {
            _ofRows.Add((run, source, property), values = Evaluate(run, Expression.Of(source, property, context.Lexicon)!));
        }

        return values;
    }

    private PersonColumn<PropertyValue> EvaluateOfPersons(Expression expression)
    {
        var inputs = expression.UserProperties.Select(name => (Name: name, Values: OfPersons(PropertySource.User, name))).ToArray();
        if (inputs is [var (name, values)])
        {
            return values.Convert(value => expression.Evaluate(new Single(PropertySource.User, name, value), context));
        }

        var evaluated = new PropertyValue[view.Ids.Count];
        var subject = new Subject([], inputs);
        for (subject.Person = 0; subject.Person < evaluated.Length; subject.Person++)
        {
            evaluated[subject.Person] = expression.Evaluate(subject, context);
        }

        return new PersonColumn<PropertyValue>(evaluated.Length, null, evaluated, PropertyValue.Null);
    }

    private CodedValues Evaluate(Run run, Expression expression)
    {
        var inputs = expression.EventProperties.Select(name => (Name: name, Values: Of(run, PropertySource.Event, name))).ToArray();
        if (inputs is [{ Values: StoredValues { Columns: var columns } }] && expression.UserProperties.IsEmpty)
        {
            return EvaluateDistinct(run, expression, inputs[0].Name, columns);
        }

        var subject = new Subject(inputs, [.. expression.UserProperties.Select(name => (name, OfPersons(PropertySource.User, name)))]);
        var coding = new Coding(run.RowCount);
        var persons = run.Persons;
        var canonical = view.Ids.Canonical;
        for (var index = 0; index < persons.Length; index++)
        {
            subject.Person = canonical[persons[index]];
            var (start, end) = run.RowsAt(index);
            for (subject.Row = start; subject.Row < end; subject.Row++)
            {
                coding.Set(subject.Row, expression.Evaluate(subject, context));
            }
        }

        return coding.Values();
    }

    private CodedValues EvaluateDistinct(Run run, Expression expression, string name, PropertyColumns? columns)
    {
        var coding = new Coding(run.RowCount);
        var ofNull = coding.CodeOf(ValueFor(PropertyValue.Null));
        var texts = columns?.Texts?.Values.Select(value => coding.CodeOf(ValueFor(value))).ToArray();
        var others = columns?.Others?.Values.Select(value => coding.CodeOf(ValueFor(value))).ToArray();
        var numbers = new Dictionary<double, int>();
        for (var row = 0; row < run.RowCount; row++)
        {
            if (texts is not null && columns!.Texts!.CodeAt(row) is var text and not 0)
            {
                coding.Codes[row] = texts[text];
            }
            else if (others is not null && columns!.Others!.CodeAt(row) is var other and not 0)
            {
                coding.Codes[row] = others[other];
            }
            else if (columns?.Numbers is { } column && column.ValueAt(row) is var number && !double.IsNaN(number))
            {
                ref var code = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, number, out var exists);
                code = exists ? code : coding.CodeOf(ValueFor(PropertyValue.Of(number)));
                coding.Codes[row] = code;
            }
            else
            {
                coding.Codes[row] = ofNull;
            }
        }

        return coding.Values();

        PropertyValue ValueFor(PropertyValue value) => expression.Evaluate(new Single(PropertySource.Event, name, value), context);
    }

    /// <summary>A row and its person, moved along by whoever evaluates.</summary>
    private sealed class Subject((string Name, RowValues Values)[] ofEvent, (string Name, PersonColumn<PropertyValue> Values)[] ofUser) : IPropertySubject
    {
        public int Row { get; set; }

        public int Person { get; set; }

        public PropertyValue OfEvent(string property) => Array.Find(ofEvent, input => input.Name == property).Values?.At(Row, Person) ?? PropertyValue.Null;

        public PropertyValue OfUser(string property) => Array.Find(ofUser, input => input.Name == property).Values?[Person] ?? PropertyValue.Null;
    }

    /// <summary>Nothing but one property of the event or the person.</summary>
    private sealed class Single(PropertySource source, string name, PropertyValue value) : IPropertySubject
    {
        public PropertyValue OfEvent(string property) => source == PropertySource.Event && property == name ? value : PropertyValue.Null;

        public PropertyValue OfUser(string property) => source == PropertySource.User && property == name ? value : PropertyValue.Null;
    }

    private sealed class Coding(int rowCount)
    {
        private readonly Dictionary<PropertyValue, int> _codes = [];
        private readonly List<PropertyValue> _values = [];

        public int[] Codes { get; } = new int[rowCount];

        public int CodeOf(PropertyValue value)
        {
            ref var code = ref CollectionsMarshal.GetValueRefOrAddDefault(_codes, value, out var exists);
            if (!exists)
            {
                code = _values.Count;
                _values.Add(value);
            }

            return code;
        }

        public void Set(int row, PropertyValue value) => Codes[row] = CodeOf(value);

        public CodedValues Values() => new(Codes, [.. _values]);
    }
}
