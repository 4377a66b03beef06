using Microsoft.AspNetCore.Http;
using Rondo.Analytics.Contracts;

namespace Rondo.HttpApi.Mixpanel;

/// <summary><c>/import</c>: events of any age from servers that prove who they are (Mixpanel reference, 1.4).</summary>
internal static class ImportEndpoint
{
    public static async Task HandleAsync(HttpContext context, IIntake intake, ProjectAccess access, IProjects projects, ImportRate rate, HttpApiOptions options)
    {
        var cancellationToken = context.RequestAborted;
        var request = await MixpanelRequest.ReadAsync(context.Request, options, cancellationToken);
        if (await FindProjectAsync(context.Request, request.Parameters, access, projects, cancellationToken) is not { } project)
        {
            await StrictReply.SendUnauthorizedAsync(context.Response, cancellationToken);
            return;
        }

        // Old clients send a form and know only the answers of /track.
        var isStrict = request.Parameters.IsStrict ?? !request.IsForm;
        var (events, fault) = request.Fault is null
            ? MixpanelRecords.Read(request, EventRecord.Read, EventRecord.Failed, isStrict)
            : ([], request.Fault);
        if (events.Count > options.MaximumRecords)
        {
            fault = RequestFault.TooManyRecords(options.MaximumRecords);
        }

        if (fault is not null)
        {
            intake.CountRefused(project.Id, fault.Kind == RequestFaultKind.TooLarge ? DropReason.TooLarge : DropReason.Malformed, Math.Max(1, events.Count));
            await (request.IsForm
                ? SdkReply.SendFaultAsync(context.Response, request.Parameters, fault, cancellationToken)
                : StrictReply.SendFaultAsync(context.Response, fault, cancellationToken));
            return;
        }

        if (rate.WaitFor(project.Id, events.Count) is { } wait)
        {
            await StrictReply.SendTooManyAsync(context.Response, wait, cancellationToken);
            return;
        }

        var report = await intake.AcceptEventsAsync(project, events, isStrict ? IntakeRules.StrictImport : IntakeRules.LenientImport, cancellationToken);
        await (request.IsForm ? SendFormReplyAsync(context.Response, request.Parameters, report, cancellationToken)
            : isStrict ? StrictReply.SendAsync(context.Response, report, "num_records_imported", "insert_id", cancellationToken)
            : StrictReply.SendLenientAsync(context.Response, report, cancellationToken));
    }

    private static Task SendFormReplyAsync(HttpResponse response, RequestParameters parameters, IntakeReport report, CancellationToken cancellationToken)
    {
        var error = report.HasValid ? null : report.Refused.Count > 0 ? report.Refused[0].Message : RequestFault.MissingData.Message;
        return SdkReply.SendAsync(response, parameters, error, null, cancellationToken);
    }

    private static async ValueTask<Project?> FindProjectAsync(HttpRequest request, RequestParameters parameters, ProjectAccess access, IProjects projects, CancellationToken cancellationToken)
    {
        if (await access.FindAsync(request, parameters.ProjectId, cancellationToken) is { } project)
        {
            return project;
        }

        // Mixpanel also takes the project's token as user name, and old clients a key among the parameters.
        if (Credentials.Of(request) is { User: { Length: > 0 } token, Password: "" } && await projects.FindByTokenAsync(token, cancellationToken) is { } byToken)
        {
            return byToken;
        }

        return parameters.ApiKey is { Length: > 0 } secret ? await projects.FindBySecretAsync(secret, cancellationToken) : null;
    }
}
