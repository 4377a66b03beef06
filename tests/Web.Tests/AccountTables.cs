using Microsoft.EntityFrameworkCore;
using Rondo.Web.Accounts;

namespace Rondo.Web.Tests;

/// <summary>What lies in <c>accounts.db</c>.</summary>
public sealed class AccountTables
{
    [Fact]
    public void Every_change_of_the_tables_has_a_migration()
    {
        using var accounts = new AccountsDbDesign().CreateDbContext([]);
        accounts.Database.HasPendingModelChanges().ShouldBeFalse();
    }
}
