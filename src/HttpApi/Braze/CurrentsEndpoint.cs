using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rondo.Analytics.Contracts;
using Rondo.HttpApi.Mixpanel;
using Rondo.Model.Stores;

namespace Rondo.HttpApi.Braze;

/// <summary>
/// The address that is given to Braze's custom HTTP connector, so that its events come in (Braze reference, 3.2). The token is a
/// receiving key. Answers are those that make the sender do the right thing: a 400 lets it send one by one and drop the bad one.
/// </summary>
internal static class CurrentsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/currents", HandleAsync).ExcludeFromDescription();

    private static async Task HandleAsync(HttpContext context, IReceivedCohorts keys, IProjects projects, IIntake intake, HttpApiOptions options)
    {
        var (body, fault) = await BodyBytes.ReadAsync(context.Request, options.MaximumBodyBytes, context.RequestAborted);
        if (Credentials.Of(context.Request) is not { Bearer: { Length: > 0 } token }
            || await keys.FindKeyAsync(token, context.RequestAborted) is not { } key
            || await projects.FindAsync(key.Project, context.RequestAborted) is not { } project)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await AnswerAsync(context, StatusCodes.Status401Unauthorized, "Invalid token", []);
            return;
        }

        await keys.NoteUseAsync(key, context.RequestAborted);
        if (fault is not null)
        {
            await AnswerAsync(context, fault.Kind == RequestFaultKind.TooLarge ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status400BadRequest, fault.Message, []);
            return;
        }

        if (CurrentsRequest.Read(body) is not { } request)
        {
            intake.CountRefused(project.Id, DropReason.Malformed, 1);
            await AnswerAsync(context, StatusCodes.Status400BadRequest, "the body must be a JSON object with a list of events", []);
            return;
        }

        if (request.Refused.Count > 0)
        {
            // Counted when it comes alone: until then the whole batch is sent again.
            intake.CountRefused(project.Id, DropReason.Malformed, request.Events.Count == 0 ? request.Refused.Count : 0);
            await AnswerAsync(context, StatusCodes.Status400BadRequest, "some events cannot be taken", request.Refused);
            return;
        }

        await TakeAsync(context, project, request.Events, intake, options);
    }

    private static async Task TakeAsync(HttpContext context, Project project, IReadOnlyList<SubmittedEvent> events, IIntake intake, HttpApiOptions options)
    {
        try
        {
            var report = await intake.AcceptEventsAsync(project, events, IntakeRules.LenientImport, context.RequestAborted);
            var refused = report.Refused.Where(record => !record.IsSilent).Select(record => (record.Index, record.Message)).ToList();
            await (refused.Count == 0
                ? AnswerAsync(context, StatusCodes.Status200OK, "success", [])
                : AnswerAsync(context, StatusCodes.Status400BadRequest, "some events cannot be taken", refused));
        }
        catch (Exception exception) when (exception is StoreUnavailableException or StoreDamagedException)
        {
            context.Response.Headers.RetryAfter = ((int)options.RetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            await AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, "The server cannot store data at the moment. Please retry the request.", []);
        }
    }

    private static Task AnswerAsync(HttpContext context, int status, string message, IReadOnlyList<(int Index, string Rule)> refused) => ReplyJson.SendAsync(
        context.Response,
        status,
        json =>
        {
            json.WriteString("message", message);
            if (refused.Count > 0)
            {
                json.WriteStartArray("refused");
                foreach (var (index, rule) in refused)
                {
                    json.WriteStartObject();
                    json.WriteNumber("index", index);
                    json.WriteString("message", rule);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }
        },
        context.RequestAborted);
}
