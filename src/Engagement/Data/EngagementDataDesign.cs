using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Rondo.Engagement.Data;

/// <summary>Lets the migrations tool build the model without a server.</summary>
internal sealed class EngagementDataDesign : IDesignTimeDbContextFactory<EngagementData>
{
    public EngagementData CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<EngagementData>().UseSqlite("Data Source=:memory:").Options);
}
