using Rondo.Engine.Parts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;

namespace Rondo.Engine.Planning;

/// <summary>Reads one property of the events of a track, from the event or from the person's profile. Read-only after it was made, so threads share it.</summary>
internal sealed class PropertyReader
{
    private readonly PropertyColumns?[] _columns;
    private readonly PropertyValue[]? _byPerson;

    public PropertyReader(StoreView view, Track track, PropertySource source, string property)
    {
        if (source == PropertySource.User)
        {
            var byPerson = new PropertyValue[view.Ids.Count];
            view.Profiles.Visit(property, byPerson.Length, (person, value) => byPerson[person] = value);
            _byPerson = byPerson;
            _columns = [];
        }
        else
        {
            _columns = [.. track.Runs.Select(run => run.Run.Property(property))];
        }
    }

    public PropertyValue Of(int run, int row, int person) =>
        _byPerson is not null ? _byPerson[person] : _columns[run] is { } columns ? columns.ValueAt(row) : PropertyValue.Null;
}
