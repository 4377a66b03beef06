using Fluid.Values;
using Rondo.Model.Events;

namespace Rondo.Engagement.Personalisation;

/// <summary>All that a template can name while one message to one person is made.</summary>
/// <param name="DistinctId">The person's canonical id.</param>
/// <param name="Profile">The person's profile now; empty when there is none.</param>
/// <param name="EventProperties">Properties of the triggering event; empty without one.</param>
/// <param name="Campaign">The campaign's words: name, api_id, dispatch_id, message_name, message_api_id.</param>
/// <param name="UnsubscribeUrl">Where this person unsubscribes; null for channels without.</param>
internal sealed record MessageScope(
    string DistinctId,
    IReadOnlyDictionary<string, PropertyValue> Profile,
    IReadOnlyDictionary<string, PropertyValue> EventProperties,
    IReadOnlyDictionary<string, string> Campaign,
    string? UnsubscribeUrl)
{
    /// <summary>A standard attribute by Braze's name: read from a property of that name, else from Mixpanel's.</summary>
    public FluidValue Attribute(string name) => name switch
    {
        "user_id" or "braze_id" => StringValue.Create(DistinctId),
        "set_user_to_unsubscribed_url" or "unsubscribe_url" => UnsubscribeUrl is null ? NilValue.Instance : StringValue.Create(UnsubscribeUrl),
        "first_name" => First(name, "$first_name") ?? PartOfName(0),
        "last_name" => First(name, "$last_name") ?? PartOfName(1),
        "email_address" => First(name, "$email", "email") ?? NilValue.Instance,
        "phone_number" => First(name, "$phone", "phone") ?? NilValue.Instance,
        "city" => First(name, "home_city", "$city") ?? NilValue.Instance,
        "country" => First(name, "$country_code", "mp_country_code") ?? NilValue.Instance,
        "language" => First(name, "$language") ?? NilValue.Instance,
        "time_zone" => First(name, "$timezone") ?? NilValue.Instance,
        "date_of_birth" => First(name, "dob") ?? NilValue.Instance,
        "last_used_app_date" => First(name, "$last_seen") ?? NilValue.Instance,
        "most_recent_app_version" => First(name, "$android_app_version", "$ios_app_release", "$app_version_string") ?? NilValue.Instance,
        "random_bucket_number" => NumberValue.Create(Campaigns.StickySplit.BucketOf("random_bucket_number", DistinctId)),
        _ => First(name) ?? NilValue.Instance,
    };

    /// <summary>What a plain name at the top of an expression means: an attribute, else a profile property.</summary>
    public FluidValue Variable(string name) => name switch
    {
        BrazeSyntax.PersonVariable => new DictionaryValue(new NamedValues(Attribute, Profile.Keys)),
        "custom_attribute" => new DictionaryValue(new NamedValues(key => First(key) ?? NilValue.Instance, Profile.Keys)),
        "event_properties" => new DictionaryValue(new NamedValues(key => EventProperties.TryGetValue(key, out var value) ? LiquidValue.From(value) : NilValue.Instance, EventProperties.Keys)),
        "campaign" => new DictionaryValue(new NamedValues(key => Campaign.TryGetValue(key, out var value) ? StringValue.Create(value) : NilValue.Instance, Campaign.Keys)),
        "subscribed_state" => new DictionaryValue(new NamedValues(SubscribedState, ["email_global", "push_global"])),
        _ => Attribute(name),
    };

    private FluidValue SubscribedState(string key) => key switch
    {
        "email_global" => First("email_subscribe") ?? StringValue.Create("subscribed"),
        "push_global" => First("push_subscribe") ?? StringValue.Create("subscribed"),
        _ => NilValue.Instance,
    };

    private FluidValue? First(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Profile.TryGetValue(name, out var value) && value.IsSet)
            {
                return LiquidValue.From(value);
            }
        }

        return null;
    }

    /// <summary>The first word of the full name, or the rest: what SDKs that know only a full name leave us.</summary>
    private FluidValue PartOfName(int part)
    {
        if (!Profile.TryGetValue("$name", out var value) || value.Kind != PropertyKind.String)
        {
            return NilValue.Instance;
        }

        var parts = value.String.Split(' ', 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return part < parts.Length ? StringValue.Create(parts[part]) : NilValue.Instance;
    }

    /// <summary>Values that are computed when they are named.</summary>
    internal sealed class NamedValues(Func<string, FluidValue> valueOf, IEnumerable<string> keys) : IFluidIndexable
    {
        public int Count => keys.Count();

        public IEnumerable<string> Keys => keys;

        public bool TryGetValue(string name, out FluidValue value)
        {
            value = valueOf(name);
            return !value.IsNil();
        }
    }
}
