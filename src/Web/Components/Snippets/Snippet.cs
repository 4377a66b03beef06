namespace Rondo.Web.Components.Snippets;

/// <summary>Where a snippet is for.</summary>
internal enum SnippetGroup
{
    /// <summary>Sites, apps and games.</summary>
    Apps,

    /// <summary>Programs on servers.</summary>
    Servers,

    /// <summary>Without any package.</summary>
    Http,

    /// <summary>What speaks Braze's protocols.</summary>
    Braze,
}

/// <summary>What is filled into a snippet.</summary>
/// <param name="Token">The project's public token.</param>
/// <param name="Address">The server's address without a slash at its end.</param>
internal sealed record SnippetPlace(string Token, string Address)
{
    /// <summary>Host and, where it is not the usual one, port.</summary>
    public string Authority => new Uri(Address).Authority;

    /// <summary>"https" or "http".</summary>
    public string Scheme => new Uri(Address).Scheme;
}

/// <summary>How one kind of program sends to this server.</summary>
/// <param name="Key">Names it in addresses and tests.</param>
/// <param name="Title">What it is called; names of products are not translated.</param>
/// <param name="Group">Where it is for.</param>
/// <param name="Install">The command or line that brings the package; null for none.</param>
/// <param name="Code">The code with what is filled in.</param>
internal sealed record Snippet(string Key, string Title, SnippetGroup Group, string? Install, Func<SnippetPlace, string> Code)
{
    /// <summary>All of them, group by group.</summary>
    public static IReadOnlyList<Snippet> All { get; } = [.. AppSnippets.All, .. ServerSnippets.All, .. HttpSnippets.All, .. BrazeSnippets.All];

    /// <summary>One by its key; throws for none, which is a mistake of ours.</summary>
    public static Snippet Of(string key) => All.Single(snippet => snippet.Key == key);

    /// <summary>Package and code as one text.</summary>
    public string TextFor(SnippetPlace place) => Install is null ? Code(place) : $"{Install}\n\n{Code(place)}";
}
