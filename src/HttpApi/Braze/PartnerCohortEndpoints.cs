using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rondo.Analytics.Contracts;
using Rondo.HttpApi.Mixpanel;

namespace Rondo.HttpApi.Braze;

/// <summary>Braze's cohort import: partners push cohorts, which are lists here (Braze reference, 2). The keys are in the body.</summary>
internal static class PartnerCohortEndpoints
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/partners/{partner}/cohorts", DeclareAsync).ExcludeFromDescription();
        routes.MapPost("/partners/{partner}/cohorts/users", ChangeAsync).ExcludeFromDescription();
    }

    private static Task<IResult> DeclareAsync(HttpContext context, string partner, IReceivedCohorts received, HttpApiOptions options) =>
        TakeAsync(context, partner, received, options, PartnerCohortRequest.ReadDeclaration, (key, request) => received.DeclareAsync(key, request.CohortId!, request.Name!, context.RequestAborted));

    private static Task<IResult> ChangeAsync(HttpContext context, string partner, IReceivedCohorts received, HttpApiOptions options) =>
        TakeAsync(context, partner, received, options, PartnerCohortRequest.ReadChanges, (key, request) =>
            request.Changes.Count == 0 ? Task.FromResult(ReceivingFault.None) : received.ChangeAsync(key, request.CohortId!, request.Changes, context.RequestAborted));

    private static async Task<IResult> TakeAsync(
        HttpContext context,
        string partner,
        IReceivedCohorts received,
        HttpApiOptions options,
        Func<ReadOnlyMemory<byte>, PartnerCohortRequest?> read,
        Func<ReceivingKey, PartnerCohortRequest, Task<ReceivingFault>> take)
    {
        var (body, fault) = await BodyBytes.ReadAsync(context.Request, options.MaximumBodyBytes, context.RequestAborted);
        if (fault is not null)
        {
            return Json(fault.Kind == RequestFaultKind.TooLarge ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status400BadRequest, new { error = fault.Message });
        }

        if (read(body) is not { } request)
        {
            return Json(StatusCodes.Status400BadRequest, new { error = "the body must be a JSON object" });
        }

        if (string.IsNullOrEmpty(request.PartnerApiKey))
        {
            return Message(StatusCodes.Status401Unauthorized, "Invalid Partner API key");
        }

        if (string.IsNullOrEmpty(request.ClientSecret) || await received.FindKeyAsync(request.ClientSecret, context.RequestAborted) is not { } key)
        {
            return Message(StatusCodes.Status401Unauthorized, "Invalid client secret");
        }

        if (!string.Equals(key.Partner, partner, StringComparison.OrdinalIgnoreCase))
        {
            return Message(StatusCodes.Status401Unauthorized, "Partner not enabled for client with client secret: " + request.ClientSecret);
        }

        if (!await received.AcceptsPartnerAsync(key, request.PartnerApiKey, context.RequestAborted))
        {
            return Message(StatusCodes.Status401Unauthorized, "Invalid Partner API key");
        }

        if (request.Refusal is { } refusal)
        {
            return Message(StatusCodes.Status400BadRequest, refusal);
        }

        return await take(key, request) == ReceivingFault.Busy
            ? Message(StatusCodes.Status423Locked, "Resource locked")
            : Message(StatusCodes.Status201Created, "success");
    }

    private static IResult Message(int status, string message) => Json(status, new { message });

    private static IResult Json<T>(int status, T body) => Results.Json(body, Plain, statusCode: status);
}
