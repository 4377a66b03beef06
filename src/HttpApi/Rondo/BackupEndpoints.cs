using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rondo.HttpApi.Operations;
using Rondo.Model.Stores;

namespace Rondo.HttpApi.Rondo;

/// <summary><c>/api/v1/backups</c>: for the operator of the server.</summary>
internal static class BackupEndpoints
{
    public static void Map(RouteGroupBuilder admin) =>
        admin.MapPost("/backups", WriteAsync).WithTags("Operations").WithSummary("Copies everything to a new folder or archive on the server's machine").Takes<WantedBackup>().Produces<BackupSummary>().Produces<ErrorReply>(400);

    private static async Task<IResult> WriteAsync(HttpContext context, IBackups backups)
    {
        var body = await JsonBody.ReadAsync<WantedBackup>(context.Request, context.RequestAborted);
        return body.IsAccepted ? Replies.Of(await backups.WriteAsync(body.Value.Target, context.RequestAborted)) : Replies.Refusal(body.Problems);
    }

    /// <summary>Where to.</summary>
    internal sealed record WantedBackup(string Target);
}
