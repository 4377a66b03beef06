using Microsoft.AspNetCore.Http;
using Rondo.Analytics.Contracts;

namespace Rondo.HttpApi.Mixpanel;

/// <summary><c>/engage</c>: profile updates (Mixpanel reference, 1.8).</summary>
internal static class EngageEndpoint
{
    public static async Task HandleAsync(HttpContext context, IIntake intake, HttpApiOptions options)
    {
        var cancellationToken = context.RequestAborted;
        var request = await MixpanelRequest.ReadAsync(context.Request, options, cancellationToken);
        var isStrict = request.Parameters.IsStrict == true;
        var (updates, fault) = request.Fault is null
            ? MixpanelRecords.Read(request, ProfileRecord.Read, ProfileRecord.Failed, isStrict)
            : ([], request.Fault);
        if (updates.Count > options.MaximumRecords)
        {
            fault = RequestFault.TooManyRecords(options.MaximumRecords);
        }

        if (fault is not null)
        {
            intake.CountRefused(default, fault.Kind == RequestFaultKind.TooLarge ? DropReason.TooLarge : DropReason.Malformed, Math.Max(1, updates.Count));
            await SdkReply.SendFaultAsync(context.Response, request.Parameters, fault, cancellationToken);
            return;
        }

        var report = await intake.AcceptProfileUpdatesAsync(null, updates, cancellationToken);
        if (isStrict)
        {
            await StrictReply.SendAsync(context.Response, report, "num_good_events", "$distinct_id", cancellationToken);
            return;
        }

        var error = report.HasValid ? null : report.Refused.Count > 0 ? report.Refused[0].Message : RequestFault.MissingData.Message;
        await SdkReply.SendAsync(context.Response, request.Parameters, error, json => json.WriteNumber("num_good_events", report.AcceptedCount), cancellationToken);
    }
}
