using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Rondo.HttpApi.Mixpanel;

/// <summary>What clients say beside the data, in the query or in the form; the query wins (Mixpanel reference, 1.2).</summary>
internal sealed partial class RequestParameters(IQueryCollection query)
{
    private readonly Dictionary<string, string> _form = new(StringComparer.Ordinal);

    /// <summary>Whether the answer is to be JSON.</summary>
    public bool IsVerbose => IsOn("verbose");

    /// <summary>The same, from the query alone: known even when the body is too large to be read.</summary>
    public bool IsVerboseInQuery => IsYes(query["verbose"]);

    /// <summary>Whether the request's address may stand in for a missing id.</summary>
    public bool UsesAddress => IsOn("ip");

    /// <summary>Whether the answer is to be a picture.</summary>
    public bool WantsImage => IsOn("img");

    /// <summary>The function that the answer is to call; null when none was named, or something that is no name.</summary>
    public string? Callback => Find("callback") is { } name && CallbackName().IsMatch(name) ? name : null;

    /// <summary>Whether every fault is to be reported; null when not said.</summary>
    public bool? IsStrict => Find("strict") is { Length: > 0 } value ? IsYes(value) : null;

    public string? ApiKey => Find("api_key");

    public string? ProjectId => Find("project_id");

    public void AddForm(string name, string value) => _form[name] = value;

    private static bool IsYes(StringValues value) => value.Count > 0 && value[^1] is { Length: > 0 } text && text is not ("0" or "false");

    private bool IsOn(string name) => Find(name) is { } value && IsYes(value);

    private string? Find(string name) => query.TryGetValue(name, out var value) && value.Count > 0 ? value[^1] : _form.GetValueOrDefault(name);

    // Anything else would let a link run script of its own choosing in our name.
    [GeneratedRegex(@"^[A-Za-z_$][A-Za-z0-9_$.\[\]]{0,127}$", RegexOptions.CultureInvariant)]
    private static partial Regex CallbackName();
}
