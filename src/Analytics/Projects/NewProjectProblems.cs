using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Model.Queries;

namespace Rondo.Analytics.Projects;

/// <summary>Says what is wrong with a project that somebody wants to make or change.</summary>
internal static class NewProjectProblems
{
    private const int MaximumLength = 128;

    public static IEnumerable<Problem> Of(NewProject project) =>
        OfName(project.Name)
            .Concat(OfKey(project.Token, "token", IsTokenCharacter, "must be 1 to 128 letters, digits, '-' or '_'"))
            .Concat(OfKey(project.Secret, "secret", IsKeyCharacter, "must be 1 to 128 visible ASCII characters without ':'"))
            .Concat(OfKey(project.RestKey, "restKey", IsKeyCharacter, "must be 1 to 128 visible ASCII characters without ':'"))
            .Concat(OfTimeZone(project.TimeZone ?? "UTC"));

    public static IEnumerable<Problem> OfName(string? name) =>
        string.IsNullOrWhiteSpace(name) || name.Length > MaximumLength ? [new Problem("name", $"must be 1 to {MaximumLength} characters")] : [];

    public static IEnumerable<Problem> OfTimeZone(string? timeZone) =>
        timeZone is null || DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone) is null
            ? [new Problem("timeZone", $"'{timeZone}' is not a time zone of the IANA database, such as Europe/Berlin")]
            : [];

    private static IEnumerable<Problem> OfKey(string? key, string field, Func<char, bool> isAllowed, string rule) =>
        key is not null && (key.Length is 0 or > MaximumLength || !key.All(isAllowed)) ? [new Problem(field, rule)] : [];

    private static bool IsTokenCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '_';

    private static bool IsKeyCharacter(char character) => character is > ' ' and < (char)127 and not ':';
}
