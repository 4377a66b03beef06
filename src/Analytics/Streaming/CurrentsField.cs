using System.Collections.Frozen;
using System.Globalization;
using Rondo.Model.Events;

namespace Rondo.Analytics.Streaming;

/// <summary>What kind of value a field of Currents holds (Braze reference, 3.4).</summary>
internal enum CurrentsFieldKind
{
    Text,
    Float,
    Integer,
    Boolean,
    Texts,
    Json,
}

/// <summary>A field of a type of Currents, and where its value is found in an event of ours.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="IsRequired">Whether an event without it cannot be sent.</param>
internal sealed record CurrentsField(string Name, CurrentsFieldKind Kind, bool IsRequired)
{
    private static readonly FrozenSet<string> Floats = FrozenSet.ToFrozenSet(["price", "latitude", "longitude", "altitude", "ll_accuracy", "alt_accuracy", "duration"], StringComparer.Ordinal);

    private static readonly FrozenSet<string> Integers = FrozenSet.ToFrozenSet(
        [
            "conversion_behavior_index", "ios_push_token_apns_gateway", "push_token_created_at", "push_token_updated_at", "http_status_code", "content_length", "retry_count",
            "webhook_duration", "attempt_count", "time_ms", "cache_tokens", "completion_tokens", "prompt_tokens", "reasoning_tokens", "total_tokens",
        ],
        StringComparer.Ordinal);

    private static readonly FrozenSet<string> Booleans = FrozenSet.ToFrozenSet(
        ["in_control_group", "ad_tracking_enabled", "push_token_foreground_push_disabled", "push_token_provisionally_opted_in", "cache_hit", "llm_owned_by_customer"], StringComparer.Ordinal);

    /// <summary>The field of this name.</summary>
    public static CurrentsField Of(string name, bool isRequired) => new(name, KindOf(name), isRequired);

    /// <summary>The value as this field holds it; null when it cannot.</summary>
    public PropertyValue? Take(PropertyValue value) => (Kind, value.Kind) switch
    {
        (_, PropertyKind.Null) => null,
        (CurrentsFieldKind.Text, PropertyKind.String) => value,
        (CurrentsFieldKind.Text, _) => value.ToText() is { } text ? PropertyValue.Of(text) : null,
        (CurrentsFieldKind.Float, PropertyKind.Number) => value,
        (CurrentsFieldKind.Integer, PropertyKind.Number) => double.IsInteger(value.Number) && Math.Abs(value.Number) < 1L << 53 ? value : null,
        (CurrentsFieldKind.Float or CurrentsFieldKind.Integer, PropertyKind.String) =>
            double.TryParse(value.String, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? Take(PropertyValue.Of(number)) : null,
        (CurrentsFieldKind.Boolean, PropertyKind.Boolean) => value,
        (CurrentsFieldKind.Boolean, PropertyKind.String) => bool.TryParse(value.String, out var said) ? PropertyValue.Of(said) : null,
        (CurrentsFieldKind.Texts, PropertyKind.List) => PropertyValue.Of([.. value.Items.Where(item => item.IsSet).Select(item => PropertyValue.Of(item.ToText()!))]),
        (CurrentsFieldKind.Texts, PropertyKind.String) => PropertyValue.Of([value]),
        (CurrentsFieldKind.Json, PropertyKind.Object) => value,
        _ => null,
    };

    private static CurrentsFieldKind KindOf(string name) => name switch
    {
        "custom_properties" or "purchase_properties" => CurrentsFieldKind.Json,
        "media_urls" or "suspected_bot_click_reason" => CurrentsFieldKind.Texts,
        _ when Floats.Contains(name) => CurrentsFieldKind.Float,
        _ when Integers.Contains(name) => CurrentsFieldKind.Integer,
        _ when Booleans.Contains(name) || name.StartsWith("is_", StringComparison.Ordinal) => CurrentsFieldKind.Boolean,
        _ => CurrentsFieldKind.Text,
    };
}
