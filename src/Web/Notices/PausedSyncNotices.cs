using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Logging;
using NodaTime;
using Rondo.Analytics;
using Rondo.Analytics.Contracts;
using Rondo.Engagement;
using Rondo.Engagement.Contracts;
using Rondo.Web.Accounts;
using Rondo.Web.Components.Exports;
using Rondo.Web.Frame;
using Rondo.Web.Resources;

namespace Rondo.Web.Notices;

/// <summary>
/// Tells everybody who has an account, by e-mail, that a sync has stopped and needs somebody (Mixpanel reference, 5.3). Each of them
/// once for each time it stopped; what the mail server does not take is tried again for a day.
/// </summary>
internal sealed partial class PausedSyncNotices(
    IDbContextFactory<AccountsDb> accounts,
    IProjects projects,
    ICohortSyncs syncs,
    IConnections connections,
    ICohorts cohorts,
    INoticeMail mail,
    IStringLocalizer<Words> words,
    AnalyticsOptions analytics,
    EngagementOptions engagement,
    TimeProvider time,
    ILogger<PausedSyncNotices> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);
    private static readonly Duration TriedFor = Duration.FromDays(1);
    private static readonly CultureInfo[] Languages = [CultureInfo.GetCultureInfo("en"), CultureInfo.GetCultureInfo("ko")];

    private Instant Now => Instant.FromDateTimeOffset(time.GetUtcNow());

    /// <summary>Sends what is due; gives how many mails were taken.</summary>
    public async Task<int> SendDueAsync(CancellationToken cancellationToken)
    {
        var sent = 0;
        foreach (var project in await projects.ListAsync(cancellationToken))
        {
            foreach (var sync in (await syncs.ListAsync(project.Id, cancellationToken)).Where(IsDue))
            {
                sent += await SendAsync(project, sync, cancellationToken);
            }
        }

        return sent;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!analytics.Integrations.RunsSyncs)
        {
            return;
        }

        try
        {
            while (true)
            {
                await Task.Delay(LookEvery, time, stoppingToken);
                try
                {
                    await SendDueAsync(stoppingToken);
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    LogFailed(failure);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What was not sent is found again at the next start.
        }
    }

    /// <summary>Whoever paused it by hand knows.</summary>
    private bool IsDue(CohortSync sync) =>
        sync is { State: SyncState.Paused, Trouble: { Advice: not (SyncAdvice.Resume or SyncAdvice.Wait) } trouble } && Now - trouble.At < TriedFor;

    private async Task<int> SendAsync(Project project, CohortSync sync, CancellationToken cancellationToken)
    {
        var notice = string.Create(CultureInfo.InvariantCulture, $"sync-paused/{sync.Id}/{sync.Trouble!.At.ToUnixTimeMilliseconds()}");
        await using var db = await accounts.CreateDbContextAsync(cancellationToken);
        var waiting = await db.Users.AsNoTracking()
            .Where(account => account.Email != null && !db.SentNotices.Any(told => told.Notice == notice && told.AccountId == account.Id))
            .OrderBy(account => account.Id)
            .Select(account => new { account.Id, account.Email })
            .ToListAsync(cancellationToken);
        if (waiting.Count == 0)
        {
            return 0;
        }

        var cohort = (await cohorts.FindAsync(project.Id, sync.Cohort, cancellationToken))?.Name ?? sync.RemoteId;
        var connection = (await connections.FindAsync(project.Id, sync.Connection, cancellationToken))?.Name ?? string.Empty;
        var (subject, text) = Written(project, sync, cohort, connection);
        var sent = 0;
        foreach (var account in waiting)
        {
            switch (await mail.SendAsync(project.Id, notice, account.Email!, subject, text, cancellationToken))
            {
                case NoticeOutcome.Sent:
                    sent++;
                    db.SentNotices.Add(new SentNotice { Notice = notice, AccountId = account.Id, At = time.GetUtcNow().ToUnixTimeSeconds() });
                    await db.SaveChangesAsync(cancellationToken);
                    break;
                case NoticeOutcome.Failed:
                    // The others would fare alike; the next look begins here.
                    return sent;
            }
        }

        return sent;
    }

    /// <summary>In every language of the pages, one below the other: nobody has said yet which they read.</summary>
    private (string Subject, string Text) Written(Project project, CohortSync sync, string cohort, string connection)
    {
        var address = engagement.PublicUrl.GetLeftPart(UriPartial.Authority) + ProjectPlace.PathOf(project.Id, $"integrations/syncs/{sync.Id}");
        var before = CultureInfo.CurrentUICulture;
        try
        {
            var parts = Languages.Select(language =>
            {
                CultureInfo.CurrentUICulture = language;
                return (
                    Subject: words["Paused: {0} → {1}", cohort, connection].Value,
                    Text: $"{words["The cohort “{0}” of the project “{1}” is not sent to “{2}” any more.", cohort, project.Name, connection]}\n\n{sync.Trouble!.Message}\n{SyncWords.AdviceOf(sync.Trouble.Advice, words)}\n\n{words["What was to be sent is kept, and goes out when the sync is resumed:"]}\n{address}");
            }).ToList();
            return (parts[0].Subject, string.Join("\n\n—\n\n", parts.Select(part => part.Text)) + "\n");
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    [LoggerMessage(LogLevel.Error, "Notices of paused syncs could not be sent; it is tried again.")]
    private partial void LogFailed(Exception failure);
}
