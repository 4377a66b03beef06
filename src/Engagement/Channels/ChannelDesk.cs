using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using NodaTime.Extensions;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Data;
using Rondo.Model;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Channels;

/// <summary>How projects send: settings, secrets and what providers complained about.</summary>
internal sealed class ChannelDesk(EngagementDatabase database, SecretBox secrets, TimeProvider time) : IChannelSettings, IChannelHealth
{
    /// <summary>Channels known to have no alert.</summary>
    private readonly ConcurrentDictionary<(ProjectId Project, Channel Channel), bool> _quiet = [];

    /// <summary>Raised with the project whose settings changed.</summary>
    public event Action<ProjectId>? Changed;

    public async Task<ChannelSettings> GetAsync(ProjectId project, CancellationToken cancellationToken) =>
        WithoutSecrets(await FindAsync(project, cancellationToken));

    public async Task<Outcome<ChannelSettings>> ChangeAsync(ProjectId project, ChannelSettings settings, CancellationToken cancellationToken)
    {
        var outcome = await database.ChangeAsync(
            async data =>
            {
                var row = await data.Channels.SingleOrDefaultAsync(row => row.Project == project.Value, cancellationToken);
                var problems = ChannelSettingsProblems.Of(settings, hasFcmSecret: row?.FcmSecret is not null).ToList();
                if (problems.Count > 0)
                {
                    return Outcome<ChannelSettings>.Refused(problems);
                }

                if (row is null)
                {
                    row = new ChannelRow { Project = project.Value };
                    data.Channels.Add(row);
                }

                row.Push = settings.Push;
                row.Email = settings.Email;
                row.FcmEndpoint = settings.Fcm is { } fcm ? fcm.Endpoint : row.FcmEndpoint;
                row.FcmSecret = settings.Fcm?.ServiceAccountJson is { } json ? secrets.Close(json) : row.FcmSecret;
                row.Smtp = settings.Smtp is { } smtp ? JsonSerializer.Serialize(smtp with { Password = null }, ModelJson.Options) : row.Smtp;
                row.SmtpSecret = settings.Smtp?.Password is { } password ? secrets.Close(password) : row.SmtpSecret;
                await data.SaveChangesAsync(cancellationToken);
                await data.ChannelAlerts.Where(alert => alert.Project == project.Value).ExecuteDeleteAsync(cancellationToken);
                return Outcome<ChannelSettings>.Accepted(WithoutSecrets(row));
            },
            cancellationToken);
        if (outcome.IsAccepted)
        {
            Changed?.Invoke(project);
        }

        return outcome;
    }

    public async Task<IReadOnlyList<ChannelAlert>> AlertsAsync(ProjectId project, CancellationToken cancellationToken)
    {
        await using var data = database.Open();
        var rows = await data.ChannelAlerts.Where(alert => alert.Project == project.Value).OrderBy(alert => alert.Channel).ToListAsync(cancellationToken);
        return [.. rows.Select(row => new ChannelAlert(row.Channel, row.Message, row.At))];
    }

    /// <summary>Notes that a provider does not accept us.</summary>
    public Task RaiseAsync(ProjectId project, Channel channel, string message, CancellationToken cancellationToken)
    {
        _quiet.TryRemove((project, channel), out _);
        return database.WriteAsync(
            connection => connection.Run(
                """
                INSERT INTO channel_alerts (Project, Channel, At, Message) VALUES ($project, $channel, $at, $message)
                ON CONFLICT (Project, Channel) DO UPDATE SET At = $at, Message = $message
                """,
                ("$project", project.Value), ("$channel", channel), ("$at", time.GetCurrentInstant()), ("$message", message)),
            cancellationToken);
    }

    /// <summary>Notes that a provider accepts us; writes only when an alert may stand.</summary>
    public async Task LiftAsync(ProjectId project, Channel channel, CancellationToken cancellationToken)
    {
        if (_quiet.TryAdd((project, channel), true))
        {
            await database.WriteAsync(
                connection => connection.Run("DELETE FROM channel_alerts WHERE Project = $project AND Channel = $channel", ("$project", project.Value), ("$channel", channel)),
                cancellationToken);
        }
    }

    /// <summary>The settings with their secrets, for the providers alone.</summary>
    public async Task<ChannelSettings> WithSecretsAsync(ProjectId project, CancellationToken cancellationToken)
    {
        var row = await FindAsync(project, cancellationToken);
        var settings = WithoutSecrets(row);
        return settings with
        {
            Fcm = row?.FcmSecret is null ? settings.Fcm : new FcmSettings(secrets.Open(row.FcmSecret), row.FcmEndpoint),
            Smtp = settings.Smtp is { } smtp ? smtp with { Password = secrets.Open(row?.SmtpSecret) } : null,
        };
    }

    private async Task<ChannelRow?> FindAsync(ProjectId project, CancellationToken cancellationToken)
    {
        await using var data = database.Open();
        return await data.Channels.AsNoTracking().SingleOrDefaultAsync(row => row.Project == project.Value, cancellationToken);
    }

    private static ChannelSettings WithoutSecrets(ChannelRow? row) => row is null
        ? new ChannelSettings(Provider.None, Provider.None, null, null)
        : new ChannelSettings(
            row.Push,
            row.Email,
            row.FcmSecret is null && row.FcmEndpoint is null ? null : new FcmSettings(null, row.FcmEndpoint),
            row.Smtp is null ? null : JsonSerializer.Deserialize<SmtpSettings>(row.Smtp, ModelJson.Options));
}
