using Rondo.Model.Events;

namespace Rondo.Analytics.Profiles;

/// <summary>Where profiles keep what people are called: Mixpanel's reserved properties first, then the plain ones.</summary>
internal static class ProfileNames
{
    /// <summary>The properties that a search looks through.</summary>
    public static IReadOnlyList<string> Searched { get; } = ["$name", "name", "$first_name", "$last_name", "$email", "email"];

    public static string? NameOf(IReadOnlyDictionary<string, PropertyValue> profile) =>
        TextOf(profile, "$name") ?? TextOf(profile, "name") ?? FullNameOf(profile);

    public static string? EmailOf(IReadOnlyDictionary<string, PropertyValue> profile) => TextOf(profile, "$email") ?? TextOf(profile, "email");

    public static string? TextOf(IReadOnlyDictionary<string, PropertyValue> profile, string property) =>
        profile.TryGetValue(property, out var value) ? value.ToText() : null;

    private static string? FullNameOf(IReadOnlyDictionary<string, PropertyValue> profile)
    {
        var names = new[] { TextOf(profile, "$first_name"), TextOf(profile, "$last_name") }.Where(name => !string.IsNullOrEmpty(name)).ToList();
        return names.Count == 0 ? null : string.Join(' ', names);
    }
}
