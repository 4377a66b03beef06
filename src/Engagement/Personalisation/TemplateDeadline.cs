using Fluid;

namespace Rondo.Engagement.Personalisation;

/// <summary>When a template must be done, carried by its context.</summary>
internal sealed record TemplateDeadline(TimeProvider Time, long StartedAt, TimeSpan Limit)
{
    private const string Key = "rondo.deadline";

    /// <summary>Starts the clock of one rendering.</summary>
    public static void Start(TemplateContext context, TimeProvider time, TimeSpan limit) =>
        context.AmbientValues[Key] = new TemplateDeadline(time, time.GetTimestamp(), limit);

    /// <summary>Ends the rendering when its time is up.</summary>
    public static void Check(TemplateContext context)
    {
        if (context.AmbientValues.TryGetValue(Key, out var value) && value is TemplateDeadline deadline && deadline.Time.GetElapsedTime(deadline.StartedAt) > deadline.Limit)
        {
            throw new TemplateLimitException($"it took longer than {deadline.Limit.TotalSeconds:0.#} s");
        }
    }
}
