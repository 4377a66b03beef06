using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.HttpApi.Operations;

namespace Rondo.HttpApi.Rondo.Integrations;

/// <summary><c>/api/v1/connections</c>: where audiences and events can be sent. Keys go in and never come out.</summary>
internal static class ConnectionEndpoints
{
    private const string Braze = """{"name":"Braze","settings":{"kind":"braze","endpoint":"https://rest.iad-01.braze.com","dataImportKey":"…","partnerApiKey":"…","partner":"mixpanel"}}""";
    private const string Webhook = """{"name":"Webhook","settings":{"kind":"webhook","url":"https://example.org/cohorts","user":"rondo","password":"…","properties":["plan"]}}""";
    private const string Folder = """{"name":"Files","settings":{"kind":"folder","folder":"audiences"}}""";
    private const string Bucket = """{"name":"Bucket","settings":{"kind":"bucket","endpoint":"https://s3.eu-central-1.amazonaws.com","region":"eu-central-1","bucket":"audiences","accessKey":"…","secretKey":"…","prefix":"rondo"}}""";

    private const string Currents = """{"name":"Our collector","settings":{"kind":"currents","url":"https://example.org/currents","token":"…","eventsPerRequest":1000}}""";
    private const string Mixpanel = """{"name":"Mixpanel","settings":{"kind":"mixpanel","endpoint":"https://api.mixpanel.com","token":"…","secret":"…"}}""";

    public static void Map(RouteGroupBuilder api)
    {
        var connections = api.MapGroup("/connections").WithTags("Integrations");
        connections.MapGet("/", ListAsync).WithSummary("All connections by name, without their keys").Produces<IReadOnlyList<ConnectionReply>>();
        connections.MapPost("/", CreateAsync).WithSummary("Makes a connection; nothing is called yet")
            .Takes<ConnectionBody>(("Braze", Braze), ("A webhook in Mixpanel's format", Webhook), ("Files on the server", Folder), ("A bucket", Bucket), ("A receiver of Currents", Currents), ("Mixpanel", Mixpanel)).Produces<ConnectionReply>().Produces<ErrorReply>(400);
        connections.MapGet("/{connection:int}", FindAsync).WithSummary("One connection").Produces<ConnectionReply>().Produces<ErrorReply>(404);
        connections.MapPut("/{connection:int}", ChangeAsync).WithSummary("Changes one; keys that are left out are kept").Takes<ConnectionBody>().Produces<ConnectionReply>().Produces<ErrorReply>(400).Produces<ErrorReply>(404);
        connections.MapDelete("/{connection:int}", RemoveAsync).WithSummary("Takes it away with its keys; refused while syncs or streams use it").Produces<ConnectionReply>().Produces<ErrorReply>(400).Produces<ErrorReply>(404);
        connections.MapPost("/{connection:int}/test", TestAsync).WithSummary("Asks the other side whether it would take what is sent; sends nobody and nothing").Produces<ConnectionTest>().Produces<ErrorReply>(404);
    }

    private static async Task<IResult> ListAsync(HttpContext context, IConnections connections) =>
        Replies.Json((await connections.ListAsync(context.ProjectId(), context.RequestAborted)).Select(ConnectionReply.Of).ToList());

    private static async Task<IResult> FindAsync(HttpContext context, IConnections connections, int connection) =>
        await connections.FindAsync(context.ProjectId(), new ConnectionId(connection), context.RequestAborted) is { } found ? Replies.Json(ConnectionReply.Of(found)) : Replies.NotFound("connection");

    private static async Task<IResult> CreateAsync(HttpContext context, IConnections connections)
    {
        var body = await JsonBody.ReadAsync<ConnectionBody>(context.Request, context.RequestAborted);
        return body.IsAccepted
            ? Replies.Of(await connections.CreateAsync(context.ProjectId(), body.Value.Name, body.Value.Settings, context.RequestAborted), ConnectionReply.Of)
            : Replies.Refusal(body.Problems);
    }

    private static async Task<IResult> ChangeAsync(HttpContext context, IConnections connections, int connection)
    {
        if (await connections.FindAsync(context.ProjectId(), new ConnectionId(connection), context.RequestAborted) is null)
        {
            return Replies.NotFound("connection");
        }

        var body = await JsonBody.ReadAsync<ConnectionBody>(context.Request, context.RequestAborted);
        return body.IsAccepted
            ? Replies.Of(await connections.ChangeAsync(context.ProjectId(), new ConnectionId(connection), body.Value.Name, body.Value.Settings, context.RequestAborted), ConnectionReply.Of)
            : Replies.Refusal(body.Problems);
    }

    private static async Task<IResult> RemoveAsync(HttpContext context, IConnections connections, int connection) =>
        await connections.FindAsync(context.ProjectId(), new ConnectionId(connection), context.RequestAborted) is null
            ? Replies.NotFound("connection")
            : Replies.Of(await connections.RemoveAsync(context.ProjectId(), new ConnectionId(connection), context.RequestAborted), ConnectionReply.Of);

    private static async Task<IResult> TestAsync(HttpContext context, IConnections connections, int connection) =>
        await connections.TestAsync(context.ProjectId(), new ConnectionId(connection), context.RequestAborted) is { IsAccepted: true } test ? Replies.Json(test.Value) : Replies.NotFound("connection");

    /// <summary>A connection to be made or changed.</summary>
    internal sealed record ConnectionBody(string Name, ConnectionSettings Settings);

    /// <summary>A connection without its keys.</summary>
    internal sealed record ConnectionReply(int Id, string Name, ConnectionSettings Settings, Instant CreatedAt)
    {
        public static ConnectionReply Of(Connection connection) => new(connection.Id.Value, connection.Name, connection.Settings, connection.CreatedAt);
    }
}
