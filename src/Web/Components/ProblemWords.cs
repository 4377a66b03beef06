using Microsoft.Extensions.Localization;
using Rondo.Model.Queries;
using Rondo.Web.Resources;

namespace Rondo.Web.Components;

/// <summary>Refusals as sentences: the rule with a capital, naming the field where it is not beside it.</summary>
internal static class ProblemWords
{
    public static string Of(Problem problem, IStringLocalizer<Words> words)
    {
        var rule = problem.Rule.Length == 0 ? problem.Rule : char.ToUpperInvariant(problem.Rule[0]) + problem.Rule[1..];
        return words[rule];
    }

    /// <summary>The part of the page that a problem belongs to.</summary>
    public static string FieldOf(Problem problem, IStringLocalizer<Words> words)
    {
        var part = problem.Field.Split('.', '[')[0];
        return words["field:" + part] is { ResourceNotFound: false } known ? known : part;
    }
}
