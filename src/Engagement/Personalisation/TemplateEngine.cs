using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Fluid;
using Fluid.Ast;
using Fluid.Values;
using Rondo.Engagement.Contracts;

namespace Rondo.Engagement.Personalisation;

/// <summary>The text of a template for one person, or why there is none.</summary>
internal readonly record struct RenderedText(string Text, SendReason? Refusal, string? Detail);

/// <summary>Fills in Liquid templates with Braze's names. Bounded in steps, time and output. Thread-safe.</summary>
internal sealed class TemplateEngine
{
    private const int MaximumCachedTemplates = 1000;

    /// <summary>One template may keep its sender busy this long.</summary>
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(1);

    /// <summary>Markup is encoded, letters of every script stay readable.</summary>
    private static readonly HtmlEncoder Html = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly ConcurrentDictionary<string, Parsed> _cache = new(StringComparer.Ordinal);
    private readonly FluidParser _parser = new(new FluidParserOptions { AllowParentheses = true, AllowFunctions = false });
    private readonly TemplateOptions _options;
    private readonly EngagementOptions _limits;
    private readonly TimeProvider _time;

    public TemplateEngine(EngagementOptions limits, TimeProvider time)
    {
        _limits = limits;
        _time = time;
        _options = new TemplateOptions
        {
            MaxSteps = limits.MaximumTemplateSteps,
            MaxRecursion = 20,
            CultureInfo = CultureInfo.InvariantCulture,
            TimeZone = TimeZoneInfo.Utc,
            Now = time.GetUtcNow,
        };
        TemplateFilters.Register(_options, limits.MaximumTemplateOutput);
        _parser.RegisterExpressionTag("abort_message", AbortAsync);
    }

    /// <summary>What is wrong with a template; null when it can be filled in.</summary>
    public string? ProblemOf(string template) => Parse(template).Problem;

    /// <summary>Fills in a template. With <paramref name="isHtml"/> values are encoded for markup.</summary>
    public async ValueTask<RenderedText> RenderAsync(string template, MessageScope scope, bool isHtml)
    {
        var parsed = Parse(template);
        if (parsed.Template is null)
        {
            return new RenderedText(string.Empty, SendReason.TemplateFailed, parsed.Problem);
        }

        var context = new TemplateContext(new DictionaryValue(new MessageScope.NamedValues(scope.Variable, [])), _options, allowModelMembers: true);
        TemplateDeadline.Start(context, _time, TimeLimit);
        using var writer = new BoundedWriter(_limits.MaximumTemplateOutput);
        try
        {
            await parsed.Template.RenderAsync(writer, isHtml ? Html : NullEncoder.Default, context);
            return new RenderedText(writer.ToString(), null, null);
        }
        catch (TemplateAbortException abort)
        {
            return new RenderedText(string.Empty, SendReason.Aborted, abort.Message);
        }
        catch (Exception failure) when (failure is TemplateLimitException or InvalidOperationException or ArithmeticException or FormatException or ArgumentException or FluidException)
        {
            // What a template does to one person's values (a division by zero, a loop without end) is a refusal for that
            // person; a template cannot end the sender.
            return new RenderedText(string.Empty, SendReason.TemplateFailed, failure.Message);
        }
    }

    private Parsed Parse(string template)
    {
        if (_cache.TryGetValue(template, out var cached))
        {
            return cached;
        }

        if (_cache.Count >= MaximumCachedTemplates)
        {
            _cache.Clear();
        }

        var parsed = ParseAnew(template);
        _cache[template] = parsed;
        return parsed;
    }

    private Parsed ParseAnew(string template)
    {
        if (template.Length > _limits.MaximumTemplateOutput)
        {
            return new Parsed(null, $"is longer than {_limits.MaximumTemplateOutput} characters");
        }

        if (!_parser.TryParse(BrazeSyntax.ToLiquid(template), out var parsed, out var error))
        {
            return new Parsed(null, FirstLine(error));
        }

        var bounds = new TemplateBounds(_limits.MaximumTemplateSteps, _limits.MaximumTemplateOutput, _options.Filters);
        var bounded = bounds.VisitTemplate(parsed);
        return new Parsed(bounds.Problem is null ? bounded : null, bounds.Problem);
    }

    private static string FirstLine(string error) => error.Split('\n', 2)[0].Trim();

    private static async ValueTask<Completion> AbortAsync(Expression reason, TextWriter writer, TextEncoder encoder, TemplateContext context) =>
        throw new TemplateAbortException((await reason.EvaluateAsync(context)).ToStringValue() is { Length: > 0 } text ? text[..Math.Min(text.Length, 128)] : "abort_message");

    private sealed record Parsed(IFluidTemplate? Template, string? Problem);
}
