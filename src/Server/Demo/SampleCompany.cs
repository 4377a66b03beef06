using System.Collections.Immutable;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Contracts;
using Rondo.Model;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Stores;
using Rondo.Model.Time;
using Rondo.MusicFinder;
using Rondo.MusicFinder.People;
using Rondo.MusicFinder.Stories;
using Rondo.Server.Commands;

namespace Rondo.Server.Demo;

/// <summary>Puts Music Finder into a server: project, past campaigns, history; then lets its people live.</summary>
internal sealed class SampleCompany(IServiceProvider services, ILogger<SampleCompany> logger)
{
    /// <summary>The sample company's project.</summary>
    public const string ProjectName = "Music Finder";

    private const int PeoplePerBatch = 250;

    /// <summary>Creates and fills the project, or finds it as an earlier start left it.</summary>
    public async Task<(Project Project, Company Company)> OpenAsync(int people, Action<double> progress, CancellationToken cancellationToken)
    {
        var projects = services.GetRequiredService<IProjects>();
        var found = (await projects.ListAsync(cancellationToken)).FirstOrDefault(project => project.Name == ProjectName);
        var project = found ?? Required(await projects.CreateAsync(new NewProject(ProjectName), cancellationToken)).Project;

        // The hour in which the project was made ends the history, so a later start plans the very same people.
        var company = new Company(new MusicFinderOptions(ProjectCalendar.Utc.StartOf(project.CreatedAt, CalendarUnit.Hour), people));
        var (cart, bird) = (CampaignId(company.AbandonedCart), CampaignId(company.EarlyBirdRenewal));
        var campaigns = services.GetRequiredService<ICampaigns>();
        var isFilled = (await campaigns.ListAsync(project.Id, includeArchived: true, cancellationToken)).Any(campaign => campaign.Plan.Name == company.EarlyBirdRenewal.Name);
        if (!isFilled)
        {
            Required(await services.GetRequiredService<IChannelSettings>().ChangeAsync(project.Id, new ChannelSettings(Provider.Sandbox, Provider.Sandbox, null, null), cancellationToken));
            await FillAsync(project.Id, company, cart, bird, progress, cancellationToken);
            await RecordAsync(project.Id, company.AbandonedCart, cart, AbandonedCartAudience, cancellationToken);
            await RecordAsync(project.Id, company.EarlyBirdRenewal, bird, EarlyBirdAudience, cancellationToken);
        }

        return (project, company);
    }

    /// <summary>The people of the company react to what the sandbox delivers and listen to music, until cancelled.</summary>
    public async Task LiveAsync(Project project, Company company, Uri server, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = server };
        var people = new LivePeople(http, project.Token, company, services.GetRequiredService<TimeProvider>());
        var listening = people.ListenAsync(cancellationToken);
        try
        {
            await foreach (var message in services.GetRequiredService<ISandbox>().ReadAsync(cancellationToken))
            {
                if (message.Project == project.Id)
                {
                    _ = ReactAsync(people, message, cancellationToken);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReactAsync(LivePeople people, SandboxMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await people.ReactAsync(new ReceivedMessage(message.DistinctId, message.Channel == Channel.Push, message.Body, message.Link, message.Data), cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            logger.LogDebug(exception, "A simulated person could not react");
        }
    }

    private async Task FillAsync(ProjectId project, Company company, string cart, string bird, Action<double> progress, CancellationToken cancellationToken)
    {
        var ingestion = services.GetRequiredService<IIngestion>();
        var done = 0;
        var taking = Task.CompletedTask;
        foreach (var people in company.People.Chunk(PeoplePerBatch))
        {
            // The next people are made up while the server takes in the ones before.
            var events = people.SelectMany(listener => company.HistoryOf(listener, cart, bird)).ToList();
            await taking;
            progress((double)done / company.People.Count);
            taking = ingestion.AcceptAsync(project, events, [.. people.Select(company.ProfileOf)], cancellationToken);
            done += people.Length;
        }

        await taking;
    }

    private async Task RecordAsync(ProjectId project, CampaignStory story, string campaignId, Predicate audience, CancellationToken cancellationToken)
    {
        var plan = new CampaignPlan(
            story.Name,
            Channel.Push,
            [new Variant(CampaignStory.VariantName, 100 - story.ControlPercent, new PushMessage(story.Title, story.Body, story.Link))],
            story.ControlPercent,
            new SendNow(),
            audience,
            new ConversionGoal(new EventSelector(story.Goal), story.GoalWindow),
            story.LandingEvent);
        Required(await services.GetRequiredService<ICampaignHistory>().RecordAsync(project, plan, campaignId, story.LaunchedAt, story.LaunchedAt + Duration.FromMinutes(10), cancellationToken));
    }

    private static Predicate AbandonedCartAudience { get; } = new AllPredicate(
    [
        new DidPredicate(new EventSelector(Names.AddToCart), CountComparison.AtLeast, 1, DateRange.Last(30, CalendarUnit.Day)),
        new DidPredicate(new EventSelector(Names.Checkout), CountComparison.Exactly, 0, DateRange.Last(30, CalendarUnit.Day)),
    ]);

    private static Predicate EarlyBirdAudience { get; } =
        new PropertyPredicate(PropertySource.User, "plan", PropertyOperator.Equals, ImmutableArray.Create(PropertyValue.Of("paid")));

    private static string CampaignId(CampaignStory story) => story.Name.ToLowerInvariant().Replace(' ', '-');

    private static T Required<T>(Outcome<T> outcome) => outcome.IsAccepted
        ? outcome.Value
        : throw new CommandFailure(ExitCode.Refused, $"The sample company cannot be made: {string.Join(", ", outcome.Problems.Select(problem => $"{problem.Field} {problem.Rule}"))}");
}
