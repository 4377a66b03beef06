using System.Text.RegularExpressions;
using MailKit.Net.Smtp;

namespace Rondo.Engagement.Channels.Smtp;

/// <summary>Reads what a mail server refuses.</summary>
internal static partial class SmtpAnswer
{
    /// <summary>What a refused command means for the message. Replies may quote addresses, so only codes are kept.</summary>
    public static ProviderAnswer Of(SmtpCommandException refused)
    {
        var status = (int)refused.StatusCode;
        var enhanced = EnhancedStatus().Match(refused.Message) is { Success: true } match ? match.Value : null;
        var detail = enhanced is null ? $"{status}" : $"{status} {enhanced}";
        return (refused.ErrorCode, status) switch
        {
            (_, < 500) => new TryLater(detail),
            (SmtpErrorCode.RecipientNotAccepted, _) => new Bounced(detail),
            (SmtpErrorCode.SenderNotAccepted, _) => new NotReady(detail),

            // Some servers judge the recipient only after the text; X.1 and X.2 speak of address and mailbox (RFC 3463).
            (SmtpErrorCode.MessageNotAccepted, _) when enhanced is [_, '.', '1' or '2', '.', ..] => new Bounced(detail),
            (SmtpErrorCode.MessageNotAccepted, _) => new Refused(detail),
            _ => new NotReady(detail),
        };
    }

    [GeneratedRegex(@"\b[45]\.[0-9]{1,3}\.[0-9]{1,3}\b", RegexOptions.CultureInvariant)]
    private static partial Regex EnhancedStatus();
}
