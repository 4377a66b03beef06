using System.Collections.Concurrent;
using Rondo.Analytics.Contracts;
using Rondo.Model.Events;

namespace Rondo.Analytics.Streaming;

/// <summary>Which names of events a choice includes. Thread-safe.</summary>
internal sealed class EventSelection(EventChoice choice)
{
    private readonly HashSet<string> _types = [.. (choice.Types ?? []).SelectMany(CurrentsCatalogue.Named).Select(type => type.Type)];
    private readonly HashSet<string> _events = [.. choice.ProductEvents ?? []];
    private readonly ConcurrentDictionary<string, Selected> _known = new(StringComparer.Ordinal);

    /// <summary>What is to be done with events of a name.</summary>
    public Selected Of(string eventName) => _known.GetOrAdd(eventName, Judge);

    /// <summary>Whether events of a name are sent.</summary>
    public bool Includes(string eventName) => Of(eventName) is { Shape: not null } or { IsProductEvent: true };

    private Selected Judge(string eventName)
    {
        var type = CurrentsCatalogue.FindByEvent(eventName);
        var shape = type is not null && _types.Contains(type.Type) ? CurrentsShape.Of(type) : null;
        var isProductEvent = _events.Contains(eventName) || (type is null && _events.Contains(EventChoice.All) && !IsBookkeeping(eventName));
        return new Selected(shape, isProductEvent);
    }

    /// <summary>What SDKs tell about identities is no act of anybody's.</summary>
    private static bool IsBookkeeping(string eventName) => eventName is WellKnownEvents.Identify or WellKnownEvents.CreateAlias or WellKnownEvents.Merge;
}

/// <summary>What is to be done with events of a name.</summary>
/// <param name="Shape">The type of Currents whose form they take where they fit it; null when it is not chosen.</param>
/// <param name="IsProductEvent">Whether they are sent as product events otherwise.</param>
internal readonly record struct Selected(CurrentsShape? Shape, bool IsProductEvent);
