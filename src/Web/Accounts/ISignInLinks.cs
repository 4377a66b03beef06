namespace Rondo.Web.Accounts;

/// <summary>
/// Links that let somebody in once, for the person who starts the server: there is no default password. Each is a path
/// with query, to be put after the server's own address, and works once within <see cref="WebOptions.SignInLinkLifetime"/>.
/// Making one also works before the server listens.
/// </summary>
public interface ISignInLinks
{
    /// <summary>The page on which the first administrator is created; null once there is an account. Earlier set-up links stop working.</summary>
    Task<string?> MakeSetupLinkAsync(CancellationToken cancellationToken);

    /// <summary>Signs in as the demo's administrator, who is created when missing and has no password.</summary>
    Task<string> MakeDemoLinkAsync(CancellationToken cancellationToken);
}
