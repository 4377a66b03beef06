using Rondo.Model.Stores;

namespace Rondo.Engagement.Contracts;

/// <summary>What became of a notice.</summary>
public enum NoticeOutcome
{
    /// <summary>The mail server took it.</summary>
    Sent = 1,

    /// <summary>The project has no mail server, so nobody can be told.</summary>
    NoMailServer = 2,

    /// <summary>Not now; it may be tried again.</summary>
    Failed = 3,
}

/// <summary>E-mail to somebody who works with a project, not to its audience: it is no campaign, and nobody unsubscribes from it.</summary>
public interface INoticeMail
{
    /// <summary>Hands one mail in plain text to the project's mail server. <paramref name="name"/> makes its Message-ID, so that a mail that is sent again is seen to be the same.</summary>
    Task<NoticeOutcome> SendAsync(ProjectId project, string name, string to, string subject, string text, CancellationToken cancellationToken);
}
