using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Rondo.Web.Accounts;

/// <summary>Makes and spends one-time links. A link is spent by deleting its row, which only one request can do.</summary>
internal sealed class SignInLinks(IDbContextFactory<AccountsDb> factory, IServiceScopeFactory scopes, TimeProvider time, WebOptions options) : ISignInLinks
{
    private const string DemoUserName = "demo@rondo.local";

    public async Task<string?> MakeSetupLinkAsync(CancellationToken cancellationToken)
    {
        await using var db = await OpenAsync(cancellationToken);
        if (await db.Users.AnyAsync(cancellationToken))
        {
            return null;
        }

        await db.SignInLinks.Where(link => link.AccountId == null).ExecuteDeleteAsync(cancellationToken);
        return "/setup?key=" + await AddAsync(db, null, cancellationToken);
    }

    public async Task<string> MakeDemoLinkAsync(CancellationToken cancellationToken)
    {
        await using var db = await OpenAsync(cancellationToken);
        await using var scope = scopes.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<UserManager<Account>>();
        var demo = await accounts.FindByNameAsync(DemoUserName);
        if (demo is null)
        {
            demo = new Account { UserName = DemoUserName, Email = DemoUserName, DisplayName = "Demo admin" };
            var made = await accounts.CreateAsync(demo);
            if (!made.Succeeded)
            {
                throw new InvalidOperationException("The demo account could not be created: " + string.Join(" ", made.Errors.Select(error => error.Description)));
            }
        }

        return "/enter?key=" + await AddAsync(db, demo.Id, cancellationToken);
    }

    /// <summary>Whether a set-up link would still be taken.</summary>
    public async Task<bool> IsSetupKeyAsync(string? key, CancellationToken cancellationToken)
    {
        await using var db = await OpenAsync(cancellationToken);
        var hash = HashOf(key);
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        return await db.SignInLinks.AnyAsync(link => link.KeyHash == hash && link.AccountId == null && link.ExpiresAt > now, cancellationToken);
    }

    /// <summary>Spends a set-up link; false when it is unknown, used or too old.</summary>
    public async Task<bool> SpendSetupKeyAsync(string? key, CancellationToken cancellationToken)
    {
        await using var db = await OpenAsync(cancellationToken);
        var hash = HashOf(key);
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        return await db.SignInLinks.Where(link => link.KeyHash == hash && link.AccountId == null && link.ExpiresAt > now).ExecuteDeleteAsync(cancellationToken) == 1;
    }

    /// <summary>Spends a sign-in link and says whose it was; null when it is unknown, used or too old.</summary>
    public async Task<string?> SpendSignInKeyAsync(string? key, CancellationToken cancellationToken)
    {
        await using var db = await OpenAsync(cancellationToken);
        var hash = HashOf(key);
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var link = await db.SignInLinks.AsNoTracking().SingleOrDefaultAsync(candidate => candidate.KeyHash == hash && candidate.AccountId != null, cancellationToken);
        if (link is null || await db.SignInLinks.Where(candidate => candidate.KeyHash == hash).ExecuteDeleteAsync(cancellationToken) != 1)
        {
            return null;
        }

        return link.ExpiresAt > now ? link.AccountId : null;
    }

    private static string HashOf(string? key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key ?? string.Empty)));

    private async Task<string> AddAsync(AccountsDb db, string? accountId, CancellationToken cancellationToken)
    {
        var key = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        var now = time.GetUtcNow();
        await db.SignInLinks.Where(link => link.ExpiresAt <= now.ToUnixTimeSeconds()).ExecuteDeleteAsync(cancellationToken);
        db.SignInLinks.Add(new SignInLink { KeyHash = HashOf(key), AccountId = accountId, ExpiresAt = (now + options.SignInLinkLifetime).ToUnixTimeSeconds() });
        await db.SaveChangesAsync(cancellationToken);
        return key;
    }

    private async Task<AccountsDb> OpenAsync(CancellationToken cancellationToken)
    {
        var db = await factory.CreateDbContextAsync(cancellationToken);
        await db.Database.MigrateAsync(cancellationToken);
        return db;
    }
}
