namespace Rondo.Web.Accounts;

/// <summary>A notice that somebody was sent by e-mail, or that nobody could be, so that it is not sent again.</summary>
public sealed class SentNotice
{
    /// <summary>What it was about and from when, such as <c>sync-paused/12/1773144000000</c>.</summary>
    public string Notice { get; set; } = string.Empty;

    /// <summary>Whom it was for.</summary>
    public string AccountId { get; set; } = string.Empty;

    /// <summary>Unix seconds of when that was.</summary>
    public long At { get; set; }
}
