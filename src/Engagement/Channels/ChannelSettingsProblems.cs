using MimeKit;
using Rondo.Engagement.Channels.Fcm;
using Rondo.Engagement.Channels.Smtp;
using Rondo.Engagement.Contracts;
using Rondo.Model.Queries;

namespace Rondo.Engagement.Channels;

/// <summary>Says what is wrong with channel settings; a refusal never repeats a secret.</summary>
internal static class ChannelSettingsProblems
{
    /// <summary>All problems. <paramref name="hasFcmSecret"/> says whether a service account is stored already.</summary>
    public static IEnumerable<Problem> Of(ChannelSettings settings, bool hasFcmSecret)
    {
        if (settings.Push is not (Provider.None or Provider.Sandbox or Provider.Fcm))
        {
            yield return new Problem("push", "must be none, sandbox or fcm");
        }

        if (settings.Email is not (Provider.None or Provider.Sandbox or Provider.Smtp))
        {
            yield return new Problem("email", "must be none, sandbox or smtp");
        }

        foreach (var problem in OfFcm(settings.Fcm, settings.Push == Provider.Fcm, hasFcmSecret).Concat(OfSmtp(settings.Smtp, settings.Email == Provider.Smtp)))
        {
            yield return problem;
        }
    }

    private static IEnumerable<Problem> OfFcm(FcmSettings? fcm, bool isUsed, bool hasSecret)
    {
        if (fcm?.ServiceAccountJson is { } json)
        {
            if (ServiceAccount.Read(json, "fcm.serviceAccountJson").Problem is { } problem)
            {
                yield return problem;
            }
        }
        else if (isUsed && !hasSecret)
        {
            yield return new Problem("fcm.serviceAccountJson", "is required: the key file of a service account");
        }

        if (fcm?.Endpoint is { } endpoint && !(Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
        {
            yield return new Problem("fcm.endpoint", "must be an absolute http or https address");
        }
    }

    private static IEnumerable<Problem> OfSmtp(SmtpSettings? smtp, bool isUsed)
    {
        if (smtp is null)
        {
            if (isUsed)
            {
                yield return new Problem("smtp", "is required");
            }

            yield break;
        }

        if (string.IsNullOrWhiteSpace(smtp.Host))
        {
            yield return new Problem("smtp.host", "must not be empty");
        }

        if (smtp.Port is < 1 or > 65535)
        {
            yield return new Problem("smtp.port", "must be 1 to 65535");
        }

        if (smtp.Security is null || SmtpConnection.SecurityOf(smtp.Security) is null)
        {
            yield return new Problem("smtp.security", "must be none, startTls or tls");
        }

        if (smtp.From is null || !MailboxAddress.TryParse(smtp.From, out _))
        {
            yield return new Problem("smtp.from", "must be an address like \"Name <name@example.org>\"");
        }

        if (smtp.ReplyTo is { Length: > 0 } replyTo && !MailboxAddress.TryParse(replyTo, out _))
        {
            yield return new Problem("smtp.replyTo", "must be an address like \"Name <name@example.org>\"");
        }
    }
}
