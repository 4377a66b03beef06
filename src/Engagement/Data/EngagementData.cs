using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using NodaTime;

namespace Rondo.Engagement.Data;

/// <summary>The control data of engagement: <c>engagement.db</c>. Times are stored as Unix milliseconds.</summary>
internal sealed class EngagementData(DbContextOptions<EngagementData> options) : DbContext(options)
{
    public DbSet<SegmentRow> Segments => Set<SegmentRow>();

    public DbSet<CampaignRow> Campaigns => Set<CampaignRow>();

    public DbSet<SendRow> Sends => Set<SendRow>();

    public DbSet<MessageRow> Messages => Set<MessageRow>();

    public DbSet<ConversionRow> Conversions => Set<ConversionRow>();

    public DbSet<ChannelRow> Channels => Set<ChannelRow>();

    public DbSet<ChannelAlertRow> ChannelAlerts => Set<ChannelAlertRow>();

    public DbSet<CursorRow> Cursors => Set<CursorRow>();

    public DbSet<SecretRow> Secrets => Set<SecretRow>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<Instant>().HaveConversion<InstantConverter>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<SegmentRow>(segment =>
        {
            segment.ToTable("segments");
            segment.HasIndex(row => new { row.Project, row.Name }).IsUnique();
        });
        modelBuilder.Entity<CampaignRow>(campaign =>
        {
            campaign.ToTable("campaigns");
            campaign.HasIndex(row => new { row.Project, row.Name }).IsUnique();
        });
        modelBuilder.Entity<SendRow>(send =>
        {
            send.ToTable("sends");

            // The send key: whatever is retried, restarted or clicked twice meets this index.
            send.HasIndex(row => new { row.Campaign, row.Step, row.Person, row.Occurrence }).IsUnique();
            send.HasIndex(row => new { row.Project, row.Person });
            send.HasIndex(row => new { row.Project, row.Channel, row.DueAt }).HasFilter("\"State\" = 1").HasDatabaseName("sends_waiting");
            send.HasIndex(row => row.Campaign).HasFilter("\"State\" IN (1, 2)").HasDatabaseName("sends_open");
            send.HasIndex(row => row.Id).HasFilter("\"State\" = 8 AND \"IsReported\" = 0").HasDatabaseName("sends_unreported");
        });
        modelBuilder.Entity<MessageRow>(message =>
        {
            message.ToTable("messages");
            message.HasIndex(row => row.Key).IsUnique();
            message.HasIndex(row => row.Send);
            message.HasIndex(row => row.Id).HasFilter("\"State\" IN (2, 3) AND \"IsReported\" = 0").HasDatabaseName("messages_unreported");
        });
        modelBuilder.Entity<ConversionRow>(conversion =>
        {
            conversion.ToTable("conversions");
            conversion.HasKey(row => new { row.Campaign, row.Person });
            conversion.HasIndex(row => row.Campaign).HasFilter("\"IsReported\" = 0").HasDatabaseName("conversions_unreported");
        });
        modelBuilder.Entity<ChannelRow>(channel =>
        {
            channel.ToTable("channels");
            channel.HasKey(row => row.Project);
            channel.Property(row => row.Project).ValueGeneratedNever();
        });
        modelBuilder.Entity<ChannelAlertRow>(alert =>
        {
            alert.ToTable("channel_alerts");
            alert.HasKey(row => new { row.Project, row.Channel });
        });
        modelBuilder.Entity<CursorRow>(cursor =>
        {
            cursor.ToTable("cursors");
            cursor.HasKey(row => row.Project);
            cursor.Property(row => row.Project).ValueGeneratedNever();
        });
        modelBuilder.Entity<SecretRow>(secret =>
        {
            secret.ToTable("secrets");
            secret.HasKey(row => row.Name);
        });
    }

    private sealed class InstantConverter() : ValueConverter<Instant, long>(
        instant => instant.ToUnixTimeMilliseconds(),
        milliseconds => Instant.FromUnixTimeMilliseconds(milliseconds));
}
