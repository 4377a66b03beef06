using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using NodaTime;

namespace Rondo.Analytics.Data;

/// <summary>Projects, cohorts and counters: everything of this half that is not an event.</summary>
internal sealed class AnalyticsDbContext(DbContextOptions<AnalyticsDbContext> options) : DbContext(options)
{
    public DbSet<ProjectRow> Projects => Set<ProjectRow>();

    public DbSet<CohortRow> Cohorts => Set<CohortRow>();

    public DbSet<MembershipRow> Memberships => Set<MembershipRow>();

    public DbSet<MembershipChangeRow> MembershipChanges => Set<MembershipChangeRow>();

    public DbSet<MembershipHorizonRow> MembershipHorizons => Set<MembershipHorizonRow>();

    public DbSet<CohortSizeRow> CohortSizes => Set<CohortSizeRow>();

    public DbSet<IngestionCountRow> IngestionCounts => Set<IngestionCountRow>();

    public DbSet<DefinitionRow> Definitions => Set<DefinitionRow>();

    public DbSet<LookupTableRow> LookupTables => Set<LookupTableRow>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<Instant>().HaveConversion<InstantConverter>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ProjectRow>(project =>
        {
            project.ToTable("Projects").HasKey(row => row.Id);
            project.HasIndex(row => row.Name).IsUnique();
            project.HasIndex(row => row.Token).IsUnique();
            project.HasIndex(row => row.SecretHash).IsUnique();
            project.HasIndex(row => row.RestKeyHash).IsUnique();
        });
        modelBuilder.Entity<CohortRow>(cohort =>
        {
            cohort.ToTable("Cohorts").HasKey(row => row.Id);
            cohort.HasIndex(row => new { row.ProjectId, row.Name }).IsUnique();
            cohort.HasOne<ProjectRow>().WithMany().HasForeignKey(row => row.ProjectId);
        });
        modelBuilder.Entity<MembershipRow>(membership =>
        {
            membership.ToTable("Memberships").HasKey(row => row.CohortId);
            membership.HasOne<CohortRow>().WithOne().HasForeignKey<MembershipRow>(row => row.CohortId);
        });
        modelBuilder.Entity<MembershipChangeRow>(change =>
        {
            change.ToTable("MembershipChanges").HasKey(row => row.Version);
            change.HasIndex(row => new { row.ProjectId, row.Version });
            change.HasIndex(row => new { row.CohortId, row.Version });
            change.HasOne<CohortRow>().WithMany().HasForeignKey(row => row.CohortId);
        });
        modelBuilder.Entity<MembershipHorizonRow>(horizon =>
        {
            horizon.ToTable("MembershipHorizons").HasKey(row => row.ProjectId);
            horizon.HasOne<ProjectRow>().WithOne().HasForeignKey<MembershipHorizonRow>(row => row.ProjectId);
        });
        modelBuilder.Entity<CohortSizeRow>(size =>
        {
            size.ToTable("CohortSizes").HasKey(row => new { row.CohortId, row.At });
            size.HasOne<CohortRow>().WithMany().HasForeignKey(row => row.CohortId);
        });
        modelBuilder.Entity<DefinitionRow>(definition =>
        {
            definition.ToTable("Definitions").HasKey(row => new { row.ProjectId, row.Kind, row.Name });
            definition.HasOne<ProjectRow>().WithMany().HasForeignKey(row => row.ProjectId);
        });
        modelBuilder.Entity<LookupTableRow>(table =>
        {
            table.ToTable("LookupTables").HasKey(row => new { row.ProjectId, row.Name });
            table.HasOne<ProjectRow>().WithMany().HasForeignKey(row => row.ProjectId);
        });
        modelBuilder.Entity<IngestionCountRow>(count => count.ToTable("IngestionCounts").HasKey(row => new { row.ProjectId, row.Counter }));
    }

    /// <summary>Instants are kept as milliseconds since 1970, so that they sort.</summary>
    private sealed class InstantConverter() : ValueConverter<Instant, long>(
        instant => instant.ToUnixTimeMilliseconds(),
        milliseconds => Instant.FromUnixTimeMilliseconds(milliseconds));
}

/// <summary>For the tool that writes migrations; nothing else uses it.</summary>
internal sealed class AnalyticsDbContextFactory : IDesignTimeDbContextFactory<AnalyticsDbContext>
{
    public AnalyticsDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<AnalyticsDbContext>().UseSqlite("Data Source=:memory:").Options);
}
