namespace Rondo.Web;

/// <summary>What the pages need to know from outside.</summary>
public sealed record WebOptions
{
    /// <summary>Folder of this server's data; accounts are kept in <c>accounts.db</c> and cookie keys in <c>keys/</c> below it. Created when missing.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>How long a one-time sign-in or set-up link works. Default one hour.</summary>
    public TimeSpan SignInLinkLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Attempts with a wrong password before an account is locked. Default 5.</summary>
    public int AttemptsBeforeLockout { get; init; } = 5;

    /// <summary>How long a locked account stays so. Default 10 minutes.</summary>
    public TimeSpan LockoutTime { get; init; } = TimeSpan.FromMinutes(10);
}
