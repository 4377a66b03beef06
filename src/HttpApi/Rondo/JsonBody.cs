using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Rondo.Model;
using Rondo.Model.Queries;

namespace Rondo.HttpApi.Rondo;

/// <summary>Reads a request's JSON as the model writes it. What cannot be read is refused with the path of the place.</summary>
internal static partial class JsonBody
{
    // A misspelt field must not be passed over: the answer would be to another question.
    private static readonly JsonSerializerOptions Strict = new(ModelJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    public static async Task<Outcome<T>> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(request.Body, Strict, cancellationToken) is { } value
                ? Outcome<T>.Accepted(value)
                : Outcome<T>.Refused("$", "must not be null");
        }
        catch (JsonException exception) when (MissingNames().Match(exception.Message) is { Success: true } missing)
        {
            var within = exception.Path is null or "$" ? string.Empty : Field(exception.Path) + ".";
            return Outcome<T>.Refused([.. missing.Groups[1].Value.Split(", ").Select(name => new Problem(within + name.Trim('\''), "is required"))]);
        }
        catch (JsonException exception)
        {
            return Outcome<T>.Refused(Field(exception.Path ?? "$"), Rule(exception.Message) + Place(exception));
        }
        catch (NotSupportedException exception)
        {
            // This is how the serializer says that a kind is missing.
            return Outcome<T>.Refused(Field(PathInMessage().Match(exception.Message) is { Success: true } path ? path.Groups[1].Value : "$"), "must have a known \"kind\"");
        }
    }

    private static string Field(string path) => path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path;

    private static string Place(JsonException exception) =>
        exception.LineNumber is { } line ? $" (line {line + 1}, byte {exception.BytePositionInLine})" : string.Empty;

    private static string Rule(string message)
    {
        if (UnknownName().IsMatch(message))
        {
            return "is not a known field";
        }

        if (message.Contains("could not be converted", StringComparison.Ordinal))
        {
            return "has a value of the wrong type";
        }

        // The place follows in our own words.
        var end = message.IndexOf(" Path: ", StringComparison.Ordinal) is >= 0 and var path ? path : message.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        return end > 0 ? message[..end] : message;
    }

    [GeneratedRegex(@"Path: \$?\.?(\S*) \|", RegexOptions.CultureInvariant)]
    private static partial Regex PathInMessage();

    [GeneratedRegex("missing required properties including: (.*)\\.$", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex MissingNames();

    [GeneratedRegex("could not be mapped to any .NET member", RegexOptions.CultureInvariant)]
    private static partial Regex UnknownName();
}
