using Microsoft.AspNetCore.Http;
using Rondo.Analytics.Contracts;

namespace Rondo.HttpApi.Mixpanel;

/// <summary><c>/track</c>: events from client SDKs, named to a project by the token in each of them.</summary>
internal static class TrackEndpoint
{
    public static async Task HandleAsync(HttpContext context, IIntake intake, HttpApiOptions options)
    {
        var cancellationToken = context.RequestAborted;
        var request = await MixpanelRequest.ReadAsync(context.Request, options, cancellationToken);
        var (events, fault) = request.Fault is null
            ? MixpanelRecords.Read(request, EventRecord.Read, EventRecord.Failed, isStrict: false)
            : ([], request.Fault);
        if (events.Count > options.MaximumRecords)
        {
            fault = RequestFault.TooManyRecords(options.MaximumRecords);
        }

        if (fault is not null)
        {
            intake.CountRefused(default, fault.Kind == RequestFaultKind.TooLarge ? DropReason.TooLarge : DropReason.Malformed, Math.Max(1, events.Count));
            await SdkReply.SendFaultAsync(context.Response, request.Parameters, fault, cancellationToken);
            return;
        }

        if (request.Parameters.UsesAddress)
        {
            NameByAddress(events, context, intake);
        }

        var report = await intake.AcceptEventsAsync(null, events, IntakeRules.Track, cancellationToken);
        var error = report.HasValid ? null : report.Refused.Count > 0 ? report.Refused[0].Message : RequestFault.MissingData.Message;
        await SdkReply.SendAsync(context.Response, request.Parameters, error, null, cancellationToken);
    }

    /// <summary>An event without any id belongs to its address when the client asks for the address to be used (Mixpanel reference, 1.3).</summary>
    private static void NameByAddress(IReadOnlyList<SubmittedEvent> events, HttpContext context, IIntake intake)
    {
        foreach (var submitted in events)
        {
            if (submitted is { DistinctId: null, UserId: null, DeviceId: null, Token: { } token } && context.Connection.RemoteIpAddress is { } address)
            {
                submitted.DistinctId = intake.DistinctIdOfAddress(token, address);
            }
        }
    }
}
