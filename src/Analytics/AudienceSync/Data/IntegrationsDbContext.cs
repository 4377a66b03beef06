using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using NodaTime;
using Rondo.Analytics.Streaming.Data;

namespace Rondo.Analytics.AudienceSync.Data;

/// <summary>Connections, syncs, streams and what they sent: <c>integrations.db</c>.</summary>
internal sealed class IntegrationsDbContext(DbContextOptions<IntegrationsDbContext> options) : DbContext(options)
{
    public DbSet<ConnectionRow> Connections => Set<ConnectionRow>();

    public DbSet<SyncRow> Syncs => Set<SyncRow>();

    public DbSet<MemberRow> Members => Set<MemberRow>();

    public DbSet<RunRow> Runs => Set<RunRow>();

    public DbSet<AuditRow> Audit => Set<AuditRow>();

    public DbSet<ReceivingKeyRow> ReceivingKeys => Set<ReceivingKeyRow>();

    public DbSet<ReceivedCohortRow> ReceivedCohorts => Set<ReceivedCohortRow>();

    public DbSet<StreamRow> Streams => Set<StreamRow>();

    public DbSet<StreamRecordRow> StreamRecord => Set<StreamRecordRow>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<Instant>().HaveConversion<InstantConverter>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ConnectionRow>(connection =>
        {
            connection.ToTable("Connections").HasKey(row => row.Id);
            connection.HasIndex(row => new { row.ProjectId, row.Name }).IsUnique();
        });
        modelBuilder.Entity<SyncRow>(sync =>
        {
            sync.ToTable("Syncs").HasKey(row => row.Id);
            sync.HasOne<ConnectionRow>().WithMany().HasForeignKey(row => row.ConnectionId).OnDelete(DeleteBehavior.Restrict);

            // Two syncs of one cohort to one place would undo each other's work.
            sync.HasIndex(row => new { row.ConnectionId, row.CohortId }).IsUnique();
            sync.HasIndex(row => row.ProjectId);
        });
        modelBuilder.Entity<MemberRow>(member =>
        {
            member.ToTable("Members").HasKey(row => new { row.SyncId, row.Person, row.Identifier });
            member.HasOne<SyncRow>().WithMany().HasForeignKey(row => row.SyncId);
            member.HasIndex(row => new { row.SyncId, row.Identifier });

            // The outbox in its order, and the counts.
            member.HasIndex(row => new { row.SyncId, row.State, row.Person, row.Identifier });
        });
        modelBuilder.Entity<RunRow>(run =>
        {
            run.ToTable("Runs").HasKey(row => row.Id);
            run.Property(row => row.Id).HasAnnotation("Sqlite:Autoincrement", true);
            run.HasOne<SyncRow>().WithMany().HasForeignKey(row => row.SyncId);
        });
        modelBuilder.Entity<ReceivingKeyRow>(key =>
        {
            key.ToTable("ReceivingKeys").HasKey(row => row.Id);
            key.HasIndex(row => row.Hash).IsUnique();
            key.HasIndex(row => row.ProjectId);
        });
        modelBuilder.Entity<ReceivedCohortRow>(cohort => cohort.ToTable("ReceivedCohorts").HasKey(row => new { row.ProjectId, row.Partner, row.RemoteId }));
        modelBuilder.Entity<AuditRow>(audit =>
        {
            audit.ToTable("Audit").HasKey(row => row.Id);
            audit.HasOne<RunRow>().WithMany().HasForeignKey(row => row.RunId);
        });
        modelBuilder.Entity<StreamRow>(stream =>
        {
            stream.ToTable("Streams").HasKey(row => row.Id);

            // Names of files hold the number, so it is never given again.
            stream.Property(row => row.Id).HasAnnotation("Sqlite:Autoincrement", true);
            stream.HasOne<ConnectionRow>().WithMany().HasForeignKey(row => row.ConnectionId).OnDelete(DeleteBehavior.Restrict);
            stream.HasIndex(row => new { row.ProjectId, row.Name }).IsUnique();
        });
        modelBuilder.Entity<StreamRecordRow>(record =>
        {
            record.ToTable("StreamRecord").HasKey(row => row.Id);
            record.HasOne<StreamRow>().WithMany().HasForeignKey(row => row.StreamId);
        });
    }

    /// <summary>Instants are kept as milliseconds since 1970, so that they sort.</summary>
    private sealed class InstantConverter() : ValueConverter<Instant, long>(
        instant => instant.ToUnixTimeMilliseconds(),
        milliseconds => Instant.FromUnixTimeMilliseconds(milliseconds));
}

/// <summary>For the tool that writes migrations; nothing else uses it.</summary>
internal sealed class IntegrationsDbContextFactory : IDesignTimeDbContextFactory<IntegrationsDbContext>
{
    public IntegrationsDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<IntegrationsDbContext>().UseSqlite("Data Source=:memory:").Options);
}
