using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodaTime;
using NodaTime.Extensions;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Data;
using Rondo.Engagement.Delivery;

namespace Rondo.Engagement.Campaigns;

/// <summary>
/// Starts campaigns whose time has come and finishes those that have sent everything. Times live in the database, so a
/// campaign that came due while the server was down starts when it is up again.
/// </summary>
internal sealed partial class CampaignClock(
    EngagementDatabase database, AudienceEnrolment enrolment, Signals signals, EngagementOptions options, TimeProvider time, ILogger<CampaignClock> logger) : BackgroundService
{
    /// <summary>Starts what is due and finishes what is done; gives how many campaigns were started.</summary>
    public async Task<int> TickAsync(CancellationToken cancellationToken)
    {
        var now = time.GetCurrentInstant();
        var startedCount = 0;
        foreach (var campaign in await DueAsync(now, cancellationToken))
        {
            if (await enrolment.EnrolAsync(campaign, now, cancellationToken))
            {
                startedCount++;
                LogStarted(campaign.Id, campaign.Project.Value);
            }

            signals.Sends.Raise();
            signals.Reports.Raise();
        }

        await FinishAsync(now, cancellationToken);
        return startedCount;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await TickAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                LogFailed(failure);
            }

            await signals.Campaigns.WaitAsync(options.ClockInterval, time, stoppingToken);
        }
    }

    private async Task<List<LaunchedCampaign>> DueAsync(Instant now, CancellationToken cancellationToken)
    {
        await using var data = database.Open();
        var rows = await data.Campaigns.AsNoTracking()
            .Where(row => (row.State == CampaignState.Scheduled || row.State == CampaignState.Active) && row.EnrolledAt == null && row.DueAt != null && row.DueAt <= now)
            .OrderBy(row => row.DueAt)
            .ToListAsync(cancellationToken);
        return [.. rows.Select(LaunchedCampaign.Of)];
    }

    /// <summary>A one-shot campaign is finished when nothing of it waits or is on its way.</summary>
    private Task<int> FinishAsync(Instant now, CancellationToken cancellationToken) => database.WriteAsync(
        connection => connection.Run(
            """
            UPDATE campaigns SET State = $finished, FinishedAt = $now
            WHERE State = $active AND DueAt IS NOT NULL AND EnrolledAt IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM sends INDEXED BY sends_open WHERE sends.Campaign = campaigns.Id AND sends.State IN (1, 2))
            """,
            ("$finished", CampaignState.Finished), ("$now", now), ("$active", CampaignState.Active)),
        cancellationToken);

    [LoggerMessage(LogLevel.Information, "Campaign {Campaign} of project {Project} started.")]
    private partial void LogStarted(int campaign, int project);

    [LoggerMessage(LogLevel.Error, "Due campaigns could not be started and will be tried again.")]
    private partial void LogFailed(Exception failure);
}
