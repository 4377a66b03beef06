using NodaTime;
using Rondo.Model.Events;
using Rondo.MusicFinder.People;

namespace Rondo.MusicFinder.History;

/// <summary>Writes the events of one person, with the properties that the app sends along.</summary>
internal sealed class EventWriter(Listener listener)
{
    private readonly List<TrackedEvent> _events = [];

    public IReadOnlyList<TrackedEvent> Events => _events;

    /// <summary>An event of the app.</summary>
    public void Track(string name, Instant time, Chance chance, params ReadOnlySpan<Property> more)
    {
        var properties = new List<Property>(8)
        {
            new("utm_source", PropertyValue.Of(listener.Source)),
            new("platform", PropertyValue.Of(listener.Platform)),
            new("country", PropertyValue.Of(listener.Country)),
        };
        switch (name)
        {
            case Names.PlaySong or Names.LikeSong:
                properties.Add(new Property("artist", PropertyValue.Of(chance.Pick(Names.Artists))));
                properties.Add(new Property("song", PropertyValue.Of(chance.Pick(Names.Songs))));
                properties.Add(new Property("genre", PropertyValue.Of(chance.Happens(0.7) ? listener.Genre : chance.Pick(Names.Genres))));
                break;
            case Names.AddToCart or Names.Checkout:
                properties.Add(new Property("amount", PropertyValue.Of((double)chance.Between(10, 90))));
                break;
            default: break;
        }

        properties.AddRange(more);
        Add(name, time, properties);
    }

    /// <summary>A message event, which carries what the message was and not what the app knows.</summary>
    public void Message(string name, Instant time, IReadOnlyList<Property> properties) => Add(name, time, properties);

    /// <summary>An event before the person was known.</summary>
    public void TrackAnonymous(string name, Instant time) => _events.Add(new TrackedEvent
    {
        Name = name,
        DistinctId = DeviceIds.DistinctIdOf(listener.DeviceId),
        DeviceId = listener.DeviceId,
        Time = time,
        InsertId = NextInsertId(),
        Properties = [new Property("utm_source", PropertyValue.Of(listener.Source)), new Property("platform", PropertyValue.Of(listener.Platform)), new Property("country", PropertyValue.Of(listener.Country))],
    });

    private void Add(string name, Instant time, IReadOnlyList<Property> properties) => _events.Add(new TrackedEvent
    {
        Name = name,
        DistinctId = listener.UserId,
        UserId = listener.UserId,
        DeviceId = name == Names.SignUp ? listener.DeviceId : null,
        Time = time,
        InsertId = NextInsertId(),
        Properties = properties,
    });

    private string NextInsertId() => $"{listener.UserId}-{_events.Count}";
}
