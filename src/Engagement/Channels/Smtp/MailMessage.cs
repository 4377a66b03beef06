using MimeKit;

namespace Rondo.Engagement.Channels.Smtp;

/// <summary>Builds the MIME message: text and markup, the unsubscribe headers of RFC 2369 and RFC 8058, a stable Message-ID.</summary>
internal static class MailMessage
{
    public static MimeMessage Of(OutgoingMessage message, EmailContent email, MailboxAddress from, MailboxAddress? replyTo, MailboxAddress to, string domain)
    {
        var mail = new MimeMessage();
        mail.From.Add(from);
        mail.To.Add(to);
        if (replyTo is not null)
        {
            mail.ReplyTo.Add(replyTo);
        }

        mail.Subject = email.Subject;
        mail.Date = message.At.ToDateTimeOffset();
        mail.MessageId = $"{message.Key}@{domain}";
        mail.Headers.Add(HeaderId.ListUnsubscribe, $"<{email.UnsubscribeUrl}>");
        mail.Headers.Add("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        mail.Body = new BodyBuilder { TextBody = email.Text, HtmlBody = email.Html }.ToMessageBody();
        return mail;
    }
}
