using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Fluid;
using Fluid.Values;
using Rondo.Model.Events;

namespace Rondo.Engagement.Personalisation;

/// <summary>Liquid's filters, each bounded in what it may make, and the ones that Braze adds.</summary>
internal static partial class TemplateFilters
{
    /// <summary>Filters of the library that reach beyond text for a message: .NET formats and unencoded output.</summary>
    private static readonly string[] NotOffered = ["raw", "format_number", "format_string", "format_date"];

    /// <summary>Replaces the filters of <paramref name="options"/>.</summary>
    public static void Register(TemplateOptions options, int maximumLength)
    {
        foreach (var name in NotOffered)
        {
            options.Filters.Remove(name);
        }

        options.Filters.AddFilter("default", Default);
        options.Filters.AddFilter("replace", (input, arguments, _) => Replace(input, arguments, maximumLength));
        options.Filters.AddFilter("join", (input, arguments, context) => Join(input, arguments, context, maximumLength));
        options.Filters.AddFilter("sha2", options.Filters.TryGetValue("sha256", out var sha256) ? sha256 : throw new InvalidOperationException("The library has no sha256."));
        options.Filters.AddFilter("url_escape", (input, _, _) => Text(Uri.EscapeDataString(input.ToStringValue())));
        options.Filters.AddFilter("url_param_escape", (input, _, _) => Text(Uri.EscapeDataString(input.ToStringValue())));
        options.Filters.AddFilter("json_escape", (input, _, _) => Text(JsonEncodedText.Encode(input.ToStringValue()).ToString()));
        options.Filters.AddFilter("json_parse", (input, _, _) => ValueTask.FromResult(ParseJson(input.ToStringValue())));
        options.Filters.AddFilter("property_accessor", (input, arguments, context) => input.GetValueAsync(arguments.At(0).ToStringValue(), context));
        options.Filters.AddFilter("number_with_delimiter", (input, arguments, _) => NumberWithDelimiter(input, arguments));
        foreach (var (name, filter) in options.Filters.ToArray())
        {
            options.Filters.AddFilter(name, (input, arguments, context) => BoundedAsync(name, filter, input, arguments, context, maximumLength));
        }
    }

    private static async ValueTask<FluidValue> BoundedAsync(string name, FilterDelegate filter, FluidValue input, FilterArguments arguments, TemplateContext context, int maximumLength)
    {
        context.IncrementSteps();
        TemplateDeadline.Check(context);
        if (name == "date" && WideDateField().IsMatch(arguments.At(0).ToStringValue()))
        {
            throw new TemplateLimitException("a date field may be at most 99 characters wide");
        }

        var result = await filter(input, arguments, context);
        var length = result.Type switch
        {
            FluidValues.String => result.ToStringValue().Length,
            FluidValues.Array => result.Enumerate(context).Count(),
            _ => 0,
        };
        return length <= maximumLength ? result : throw new TemplateLimitException($"'{name}' would make more than {maximumLength} characters or items");
    }

    /// <summary>Braze's default also replaces text that is only blanks.</summary>
    private static ValueTask<FluidValue> Default(FluidValue input, FilterArguments arguments, TemplateContext context)
    {
        var isEmpty = input.Type switch
        {
            FluidValues.Nil => true,
            FluidValues.Boolean => !input.ToBooleanValue() && !arguments["allow_false"].ToBooleanValue(),
            FluidValues.String => string.IsNullOrWhiteSpace(input.ToStringValue()),
            FluidValues.Array => !input.Enumerate(context).Any(),
            FluidValues.Empty or FluidValues.Blank => true,
            _ => false,
        };
        return ValueTask.FromResult(isEmpty ? arguments.At(0) : input);
    }

    private static ValueTask<FluidValue> Replace(FluidValue input, FilterArguments arguments, int maximumLength)
    {
        var text = input.ToStringValue();
        var search = arguments.At(0).ToStringValue();
        var replacement = arguments.At(1).ToStringValue();
        if (search.Length == 0)
        {
            return Text(text);
        }

        var occurrenceCount = 0L;
        for (var index = text.IndexOf(search, StringComparison.Ordinal); index >= 0; index = text.IndexOf(search, index + search.Length, StringComparison.Ordinal))
        {
            occurrenceCount++;
        }

        return text.Length + (occurrenceCount * (replacement.Length - search.Length)) <= maximumLength
            ? Text(text.Replace(search, replacement, StringComparison.Ordinal))
            : throw new TemplateLimitException($"'replace' would make more than {maximumLength} characters");
    }

    private static ValueTask<FluidValue> Join(FluidValue input, FilterArguments arguments, TemplateContext context, int maximumLength)
    {
        if (input.Type != FluidValues.Array)
        {
            return ValueTask.FromResult(input);
        }

        var separator = arguments.Count > 0 ? arguments.At(0).ToStringValue() : " ";
        using var joined = new BoundedWriter(maximumLength);
        var isFirst = true;
        foreach (var item in input.Enumerate(context))
        {
            if (!isFirst)
            {
                joined.Write(separator);
            }

            joined.Write(item.ToStringValue());
            isFirst = false;
        }

        return Text(joined.ToString());
    }

    private static ValueTask<FluidValue> NumberWithDelimiter(FluidValue input, FilterArguments arguments)
    {
        var delimiter = arguments.Count > 0 ? arguments.At(0).ToStringValue() : ",";
        var text = input.ToStringValue();
        var whole = text.Split('.', 2);
        var digits = new StringBuilder(whole[0]);
        for (var index = digits.Length - 3; index > 0 && char.IsAsciiDigit(digits[index - 1]); index -= 3)
        {
            digits.Insert(index, delimiter);
        }

        return Text(whole.Length == 1 ? digits.ToString() : $"{digits}.{whole[1]}");
    }

    private static FluidValue ParseJson(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return LiquidValue.From(PropertyValueJson.From(document.RootElement));
        }
        catch (JsonException)
        {
            return NilValue.Instance;
        }
    }

    private static ValueTask<FluidValue> Text(string text) => ValueTask.FromResult<FluidValue>(StringValue.Create(text));

    [GeneratedRegex(@"%[^%A-Za-z]*[0-9]{3}", RegexOptions.CultureInvariant)]
    private static partial Regex WideDateField();
}
