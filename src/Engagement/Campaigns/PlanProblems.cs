using NodaTime;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Personalisation;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;

namespace Rondo.Engagement.Campaigns;

/// <summary>Says what is wrong with a campaign plan: all problems at once, each with its field and rule.</summary>
internal sealed class PlanProblems(TemplateEngine templates)
{
    /// <summary>Problems that a plan has whatever else exists; none when it could be launched.</summary>
    public IReadOnlyList<Problem> Of(CampaignPlan plan) =>
    [
        .. OfName(plan),
        .. OfVariants(plan),
        .. OfDelivery(plan.Delivery),
        .. plan.Audience is null ? [new Problem("audience", "is required")] : PredicateProblems.OfPersonFilter(plan.Audience, "audience", null),
        .. OfGoal(plan.Goal),
        .. plan.LandingEvent is { Length: 0 } ? [new Problem("landingEvent", "must not be empty; leave it out for no landing check")] : Array.Empty<Problem>(),
    ];

    /// <summary>Problems of one message; fields begin with <paramref name="field"/>.</summary>
    public IEnumerable<Problem> Of(Message? message, string field)
    {
        if (message is null)
        {
            return [new Problem(field, "is required")];
        }

        var missing = message switch
        {
            PushMessage push when push.Title is null || push.Body is null || push.Link is null => [new Problem(field, "must have title, body and link")],
            PushMessage push when string.IsNullOrWhiteSpace(push.Title) && string.IsNullOrWhiteSpace(push.Body) => [new Problem($"{field}.body", "must not be empty when the title is")],
            PushMessage push when !IsLink(push.Link) => [new Problem($"{field}.link", "must be an address with a scheme, like app://page or https://example.org, or empty")],
            EmailMessage email when email.Subject is null || email.Html is null => [new Problem(field, "must have subject and html")],
            EmailMessage email => Empty($"{field}.subject", email.Subject).Concat(Empty($"{field}.html", email.Html)),
            _ => Enumerable.Empty<Problem>(),
        };
        var found = missing.ToList();
        return found.Any(problem => problem.Field == field) ? found : found.Concat(OfTemplates(message, field));
    }

    private static IEnumerable<Problem> OfName(CampaignPlan plan)
    {
        if (string.IsNullOrWhiteSpace(plan.Name) || plan.Name.Length > PlanLimits.MaximumNameLength)
        {
            yield return new Problem("name", $"must have 1 to {PlanLimits.MaximumNameLength} characters");
        }

        if (!Enum.IsDefined(plan.Channel))
        {
            yield return new Problem("channel", "must be push or email");
        }
    }

    private IEnumerable<Problem> OfVariants(CampaignPlan plan)
    {
        if (plan.ControlPercent is < 0 or > PlanLimits.MaximumControlPercent)
        {
            yield return new Problem("controlPercent", $"must be 0 to {PlanLimits.MaximumControlPercent}");
        }

        if (plan.Variants.IsDefaultOrEmpty || plan.Variants.Length > PlanLimits.MaximumVariants)
        {
            yield return new Problem("variants", $"must hold 1 to {PlanLimits.MaximumVariants} variants");
            yield break;
        }

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { LaunchedCampaign.ControlName };
        for (var index = 0; index < plan.Variants.Length; index++)
        {
            if (plan.Variants[index] is not { } variant)
            {
                yield return new Problem($"variants[{index}]", "must not be null");
                continue;
            }

            if (string.IsNullOrWhiteSpace(variant.Name) || variant.Name.Length > PlanLimits.MaximumNameLength)
            {
                yield return new Problem($"variants[{index}].name", $"must have 1 to {PlanLimits.MaximumNameLength} characters");
            }
            else if (!names.Add(variant.Name))
            {
                yield return new Problem($"variants[{index}].name", $"must be unique, and not \"{LaunchedCampaign.ControlName}\"");
            }

            if (variant.Percent is < 1 or > 100)
            {
                yield return new Problem($"variants[{index}].percent", "must be 1 to 100");
            }

            if (variant.Message is not null && !Fits(variant.Message, plan.Channel))
            {
                yield return new Problem($"variants[{index}].message", $"must be {(plan.Channel == Channel.Push ? "a push" : "an e-mail")}, as the channel is");
                continue;
            }

            foreach (var problem in Of(variant.Message, $"variants[{index}].message"))
            {
                yield return problem;
            }
        }

        if (plan.Variants.Sum(variant => variant?.Percent ?? 0) + plan.ControlPercent != 100)
        {
            yield return new Problem("variants", "must make 100 percent together with the control group");
        }
    }

    private IEnumerable<Problem> OfTemplates(Message message, string field) =>
        MessageRenderer.TemplatesOf(message)
            .Select(part => (part.Field, Problem: templates.ProblemOf(part.Template)))
            .Where(part => part.Problem is not null)
            .Select(part => new Problem($"{field}.{part.Field}", $"is not a valid template: {part.Problem}"));

    private static List<Problem> OfDelivery(Contracts.Delivery? delivery)
    {
        if (delivery is null)
        {
            return [new Problem("delivery", "is required")];
        }

        if (delivery is not SendOnEvent trigger)
        {
            return [];
        }

        var problems = OfSelector(trigger.Event, "delivery.event").ToList();
        if (trigger.Delay < Duration.Zero || trigger.Delay > Duration.FromDays(PlanLimits.MaximumDelayDays))
        {
            problems.Add(new Problem("delivery.delay", $"must be 0 to {PlanLimits.MaximumDelayDays} days"));
        }

        if (trigger.ReEligibleAfter is { } after && (after < Duration.Zero || after > Duration.FromDays(PlanLimits.MaximumReEligibilityDays)))
        {
            problems.Add(new Problem("delivery.reEligibleAfter", $"must be 0 to {PlanLimits.MaximumReEligibilityDays} days; leave it out for never"));
        }

        return problems;
    }

    private static List<Problem> OfGoal(ConversionGoal? goal)
    {
        if (goal is null)
        {
            return [];
        }

        var problems = OfSelector(goal.Event, "goal.event").ToList();
        if (goal.Window < Duration.FromMinutes(PlanLimits.MinimumGoalWindowMinutes) || goal.Window > Duration.FromDays(PlanLimits.MaximumGoalWindowDays))
        {
            problems.Add(new Problem("goal.window", $"must be {PlanLimits.MinimumGoalWindowMinutes} minutes to {PlanLimits.MaximumGoalWindowDays} days"));
        }

        return problems;
    }

    private static IEnumerable<Problem> OfSelector(EventSelector? selector, string field) => selector switch
    {
        null => [new Problem(field, "is required")],
        { Custom: not null } => [new Problem($"{field}.custom", "must be an event, not a custom event: events are looked at one by one as they arrive")],
        { AnyOf.IsDefaultOrEmpty: false } => [new Problem($"{field}.anyOf", "must be left out: name one event")],
        { Event: WellKnownEvents.SessionStart or WellKnownEvents.SessionEnd } => [new Problem($"{field}.event", "must be a stored event: when a session begins or ends is only known afterwards")],
        { Event: null or "" } => [new Problem($"{field}.event", "must name an event")],
        { FirstTime: true } => [new Problem($"{field}.firstTime", "cannot be asked of an event as it arrives")],
        _ => PredicateProblems.OfEventFilter(selector.Filter, $"{field}.filter", null),
    };

    private static IEnumerable<Problem> Empty(string field, string text) => string.IsNullOrWhiteSpace(text) ? [new Problem(field, "must not be empty")] : [];

    private static bool Fits(Message message, Channel channel) => message is PushMessage == (channel == Channel.Push);

    private static bool IsLink(string link) =>
        string.IsNullOrWhiteSpace(link)
        || link.Contains("{{", StringComparison.Ordinal)
        || link.Contains("{%", StringComparison.Ordinal)
        || (Uri.TryCreate(link.Trim(), UriKind.Absolute, out var uri) && uri.Scheme is not ("javascript" or "data" or "file"));
}
