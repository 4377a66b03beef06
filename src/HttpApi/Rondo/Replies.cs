using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Model;
using Rondo.Model.Events;
using Rondo.Model.Queries;

namespace Rondo.HttpApi.Rondo;

/// <summary>Why a request was refused.</summary>
/// <param name="Error">One sentence.</param>
/// <param name="Problems">Each field and the rule it breaks; empty when the request as a whole is refused.</param>
internal sealed record ErrorReply(string Error, IReadOnlyList<Problem> Problems);

/// <summary>The answer to a report.</summary>
/// <param name="Result">The numbers.</param>
/// <param name="ComputedAt">When they were computed.</param>
/// <param name="Position">The last batch they have seen.</param>
/// <param name="ElapsedMs">How long the store worked, in milliseconds.</param>
/// <param name="Words">The question in words.</param>
internal sealed record ReportReply<T>(T Result, Instant ComputedAt, long Position, double ElapsedMs, string Words);

/// <summary>An event as our own interface shows it.</summary>
internal sealed record EventReply(string Event, string DistinctId, Instant Time, string? InsertId, IReadOnlyDictionary<string, PropertyValue> Properties)
{
    public static EventReply Of(TrackedEvent tracked) =>
        new(tracked.Name, tracked.DistinctId, tracked.Time, tracked.InsertId, tracked.Properties.ToDictionary(property => property.Name, property => property.Value));
}

/// <summary>A line of a list of people.</summary>
internal sealed record PersonReply(string DistinctId, string? Name, string? Email, string? LastSeen, IReadOnlyDictionary<string, PropertyValue> Profile)
{
    public static PersonReply Of(PersonSummary person) => new(person.DistinctId, person.Name, person.Email, person.LastSeen, person.Profile);
}

/// <summary>A page of people.</summary>
/// <param name="Total">How many there are in all.</param>
/// <param name="People">Those of this page.</param>
internal sealed record PeopleReply(int Total, IReadOnlyList<PersonReply> People)
{
    public static PeopleReply Of(PeoplePage page) => new(page.Total, [.. page.People.Select(PersonReply.Of)]);
}

/// <summary>Turns outcomes into HTTP results.</summary>
internal static class Replies
{
    // Names and quotes stay readable in a terminal; the reply is never taken for a page.
    private static readonly JsonSerializerOptions Readable = new(ModelJson.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IResult Refusal(IReadOnlyList<Problem> problems) =>
        Error(StatusCodes.Status400BadRequest, "The request cannot be answered as it is.", problems);

    public static IResult NotFound(string what) => Error(StatusCodes.Status404NotFound, $"There is no such {what}.", []);

    public static IResult Error(int status, string error, IReadOnlyList<Problem> problems) => TypedResults.Json(new ErrorReply(error, problems), Readable, statusCode: status);

    public static IResult Json<T>(T value) => TypedResults.Json(value, Readable);

    public static IResult Of<T>(Outcome<T> outcome) => outcome.IsAccepted ? Json(outcome.Value) : Refusal(outcome.Problems);

    public static IResult Of<T, TReply>(Outcome<T> outcome, Func<T, TReply> reply) => outcome.IsAccepted ? Json(reply(outcome.Value)) : Refusal(outcome.Problems);

    public static IResult Of<T>(Outcome<Answer<T>> outcome) => outcome.IsAccepted ? Json(Reply(outcome.Value)) : Refusal(outcome.Problems);

    private static ReportReply<T> Reply<T>(Answer<T> answer) =>
        new(answer.Result, answer.ComputedAt, answer.Position.Value, Math.Round(answer.Elapsed.TotalMilliseconds, 3), answer.Words);
}
