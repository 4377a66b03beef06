using Microsoft.Extensions.Localization;
using Rondo.Analytics.Contracts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Web.Resources;
using static MudBlazor.Icons.Material;

namespace Rondo.Web.Components.Pickers;

/// <summary>What kind an event is, for headings and pictures.</summary>
internal enum EventGroup
{
    Product = 1,
    Message = 2,
    Bookkeeping = 3,
}

/// <summary>How events are named and pictured everywhere.</summary>
internal static class EventTitle
{
    private static readonly HashSet<string> Messages =
    [
        WellKnownEvents.PushSend, WellKnownEvents.PushDelivery, WellKnownEvents.PushOpen, WellKnownEvents.PushBounce,
        WellKnownEvents.EmailSend, WellKnownEvents.EmailDelivery, WellKnownEvents.EmailOpen, WellKnownEvents.EmailClick,
        WellKnownEvents.EmailBounce, WellKnownEvents.EmailSoftBounce, WellKnownEvents.EmailUnsubscribe,
        WellKnownEvents.EnrollInControl, WellKnownEvents.CampaignConversion,
        .. CurrentsCatalogue.All.Where(type => !type.Type.StartsWith("users.behaviors.", StringComparison.Ordinal)).Select(type => type.EventName),
    ];

    /// <summary>The name; "Any event" for null, and words for the edges of a session.</summary>
    public static string Of(string? name, IStringLocalizer<Words> words) => name switch
    {
        null => words["Any event"],
        WellKnownEvents.SessionStart => words["Session start"],
        WellKnownEvents.SessionEnd => words["Session end"],
        _ => name,
    };

    /// <summary>The events of a selector: one name, several joined, or the custom event's.</summary>
    public static string Of(EventSelector selector, IStringLocalizer<Words> words) =>
        selector.Custom ?? (selector.AnyOf.IsDefaultOrEmpty ? Of(selector.Event, words) : string.Join(words[" or "], selector.AnyOf.Select(member => Of(member, words))));

    public static EventGroup GroupOf(string name) =>
        Messages.Contains(name) ? EventGroup.Message : name.StartsWith('$') ? EventGroup.Bookkeeping : EventGroup.Product;

    public static string GroupTitle(EventGroup group) => group switch
    {
        EventGroup.Product => "Product events",
        EventGroup.Message => "Message events",
        _ => "Bookkeeping of SDKs",
    };

    public static string IconOf(string name) => GroupOf(name) switch
    {
        _ when name is WellKnownEvents.SessionStart or WellKnownEvents.SessionEnd => Outlined.Timelapse,
        EventGroup.Product => Outlined.TouchApp,
        EventGroup.Message when name.StartsWith("Email", StringComparison.Ordinal) => Outlined.Email,
        EventGroup.Message when name.StartsWith("Push", StringComparison.Ordinal) => Outlined.Notifications,
        EventGroup.Message => Outlined.Campaign,
        _ => Outlined.Tune,
    };
}
