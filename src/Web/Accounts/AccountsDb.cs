using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.Extensions.Hosting;

namespace Rondo.Web.Accounts;

/// <summary>Accounts and one-time links, in a file of their own beside the control data.</summary>
public sealed class AccountsDb(DbContextOptions<AccountsDb> options) : IdentityDbContext<Account>(options)
{
    /// <summary>Links not used yet.</summary>
    public DbSet<SignInLink> SignInLinks => Set<SignInLink>();

    /// <summary>Notices that went out.</summary>
    public DbSet<SentNotice> SentNotices => Set<SentNotice>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<SignInLink>().HasKey(link => link.KeyHash);
        builder.Entity<SentNotice>().HasKey(notice => new { notice.Notice, notice.AccountId });
        builder.Entity<SentNotice>().HasOne<Account>().WithMany().HasForeignKey(notice => notice.AccountId);
    }
}

/// <summary>Brings the accounts file to the present shape before the first request.</summary>
internal sealed class AccountsDbMigration(IDbContextFactory<AccountsDb> factory) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        await db.Database.MigrateAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Lets the migration tool make a context without a server.</summary>
internal sealed class AccountsDbDesign : IDesignTimeDbContextFactory<AccountsDb>
{
    public AccountsDb CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<AccountsDb>().UseSqlite("Data Source=design.db").Options);
}
