using System.Text;
using Fluid;
using Fluid.Ast;
using Fluid.Values;

namespace Rondo.Engagement.Personalisation;

/// <summary>A template that asks for more than it may: too many steps, too long a text, too long a time.</summary>
internal sealed class TemplateLimitException(string message) : Exception(message);

/// <summary>The template's own wish not to be sent.</summary>
internal sealed class TemplateAbortException(string reason) : Exception(reason);

/// <summary>Collects a template's text up to a limit.</summary>
internal sealed class BoundedWriter(int maximumLength) : StringWriter
{
    public override Encoding Encoding => Encoding.Unicode;

    public override void Write(char value)
    {
        Reserve(1);
        base.Write(value);
    }

    public override void Write(string? value)
    {
        Reserve(value?.Length ?? 0);
        base.Write(value);
    }

    public override void Write(char[] buffer, int index, int count)
    {
        Reserve(count);
        base.Write(buffer, index, count);
    }

    public override void Write(ReadOnlySpan<char> buffer)
    {
        Reserve(buffer.Length);
        base.Write(buffer);
    }

    public override Task WriteAsync(char value)
    {
        Write(value);
        return Task.CompletedTask;
    }

    public override Task WriteAsync(string? value)
    {
        Write(value);
        return Task.CompletedTask;
    }

    public override Task WriteAsync(char[] buffer, int index, int count)
    {
        Write(buffer, index, count);
        return Task.CompletedTask;
    }

    public override Task WriteAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return Task.CompletedTask;
    }

    private void Reserve(int length)
    {
        if (GetStringBuilder().Length + length > maximumLength)
        {
            throw new TemplateLimitException($"the text would be longer than {maximumLength} characters");
        }
    }
}

/// <summary>A range such as <c>(1..n)</c> that is counted before it is built.</summary>
internal sealed class BoundedRange(Expression from, Expression to, int maximumCount) : Expression
{
    public override async ValueTask<FluidValue> EvaluateAsync(TemplateContext context)
    {
        var first = (await from.EvaluateAsync(context)).ToNumberValue();
        var last = (await to.EvaluateAsync(context)).ToNumberValue();
        if (last - first >= maximumCount)
        {
            throw new TemplateLimitException($"a range would hold more than {maximumCount} numbers");
        }

        var numbers = new List<FluidValue>();
        for (var number = decimal.Truncate(first); number <= decimal.Truncate(last); number++)
        {
            numbers.Add(NumberValue.Create(number));
        }

        return new ArrayValue(numbers);
    }
}

/// <summary>A <c>capture</c> whose text is bounded while it grows.</summary>
internal sealed class BoundedCapture(string identifier, IReadOnlyList<Statement> statements, int maximumLength) : Statement
{
    public override async ValueTask<Completion> WriteToAsync(TextWriter writer, System.Text.Encodings.Web.TextEncoder encoder, TemplateContext context)
    {
        var completion = Completion.Normal;
        using var captured = new BoundedWriter(maximumLength);
        foreach (var statement in statements)
        {
            completion = await statement.WriteToAsync(captured, encoder, context);
            if (completion != Completion.Normal)
            {
                break;
            }
        }

        // What was captured is encoded already, as everything written is.
        context.SetValue(identifier, new StringValue(captured.ToString(), encode: false));
        return completion;
    }
}

/// <summary>Puts bounded ranges and captures into a parsed template, and finds what Rondo does not offer.</summary>
internal sealed class TemplateBounds(int maximumCount, int maximumLength, FilterCollection filters) : AstRewriter
{
    /// <summary>The first thing that is not offered; null when there is none.</summary>
    public string? Problem { get; private set; }

    protected override Expression VisitRangeExpression(RangeExpression rangeExpression) =>
        new BoundedRange(Visit(rangeExpression.From), Visit(rangeExpression.To), maximumCount);

    protected override Statement VisitCaptureStatement(CaptureStatement captureStatement)
    {
        TryRewriteStatements(captureStatement.Statements, out var statements);
        return new BoundedCapture(captureStatement.Identifier, statements, maximumLength);
    }

    protected override Expression VisitFilterExpression(FilterExpression filterExpression)
    {
        if (!filters.TryGetValue(filterExpression.Name, out _))
        {
            Problem ??= $"there is no filter '{filterExpression.Name}'";
        }

        return base.VisitFilterExpression(filterExpression);
    }

    protected override Statement VisitIncludeStatement(IncludeStatement includeStatement)
    {
        Problem ??= "'include' is not offered";
        return includeStatement;
    }

    protected override Statement VisitRenderStatement(RenderStatement renderStatement)
    {
        Problem ??= "'render' is not offered";
        return renderStatement;
    }
}
