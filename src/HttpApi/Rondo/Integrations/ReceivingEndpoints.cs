using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.HttpApi.Operations;

namespace Rondo.HttpApi.Rondo.Integrations;

/// <summary><c>/api/v1/receiving-keys</c> and <c>/api/v1/received-cohorts</c>: cohorts that other products push in.</summary>
internal static class ReceivingEndpoints
{
    private const string Mixpanel = """{"name":"Our Mixpanel","partner":"mixpanel"}""";

    public static void Map(RouteGroupBuilder api)
    {
        var keys = api.MapGroup("/receiving-keys").WithTags("Integrations");
        keys.MapGet("/", ListAsync).WithSummary("Keys with which cohorts are pushed in, newest first").Produces<IReadOnlyList<ReceivingKeyReply>>();
        keys.MapPost("/", CreateAsync).WithSummary("Makes a key, which is shown this once").Takes<ReceivingKeyBody>(("A key for Mixpanel", Mixpanel)).Produces<NewReceivingKeyReply>().Produces<ErrorReply>(400);
        keys.MapDelete("/{key:int}", RemoveAsync).WithSummary("Takes a key away").Produces(204).Produces<ErrorReply>(404);
        api.MapGet("/received-cohorts", CohortsAsync).WithTags("Integrations").WithSummary("Cohorts that came, and the lists they are here").Produces<IReadOnlyList<ReceivedCohort>>();
    }

    private static async Task<IResult> ListAsync(HttpContext context, IReceivedCohorts received) =>
        Replies.Json((await received.KeysAsync(context.ProjectId(), context.RequestAborted)).Select(ReceivingKeyReply.Of).ToList());

    private static async Task<IResult> CreateAsync(HttpContext context, IReceivedCohorts received)
    {
        var body = await JsonBody.ReadAsync<ReceivingKeyBody>(context.Request, context.RequestAborted);
        return body.IsAccepted
            ? Replies.Of(
                await received.CreateKeyAsync(context.ProjectId(), body.Value.Name, body.Value.Partner, body.Value.PartnerApiKey, context.RequestAborted),
                made => new NewReceivingKeyReply(made.Key.Id, made.Key.Name, made.Key.Partner, made.Secret))
            : Replies.Refusal(body.Problems);
    }

    private static async Task<IResult> RemoveAsync(HttpContext context, IReceivedCohorts received, int key) =>
        await received.RemoveKeyAsync(context.ProjectId(), key, context.RequestAborted) ? Results.NoContent() : Replies.NotFound("key");

    private static async Task<IResult> CohortsAsync(HttpContext context, IReceivedCohorts received) =>
        Replies.Json(await received.ListAsync(context.ProjectId(), context.RequestAborted));

    /// <summary>A key to be made.</summary>
    /// <param name="Name">What people call it.</param>
    /// <param name="Partner">Who pushes: the name in the path.</param>
    /// <param name="PartnerApiKey">What the partner must send as its own key; left out: any.</param>
    internal sealed record ReceivingKeyBody(string Name, string Partner, string? PartnerApiKey = null);

    internal sealed record ReceivingKeyReply(int Id, string Name, string Partner, Instant CreatedAt, Instant? LastUsedAt)
    {
        public static ReceivingKeyReply Of(ReceivingKey key) => new(key.Id, key.Name, key.Partner, key.CreatedAt, key.LastUsedAt);
    }

    internal sealed record NewReceivingKeyReply(int Id, string Name, string Partner, string Secret);
}
