using System.Globalization;
using Microsoft.Extensions.Localization;
using Rondo.Model.Cohorts;
using Rondo.Model.Lexicon;
using Rondo.Web.Resources;

namespace Rondo.Web.Components.Reports;

/// <summary>
/// A project's questions, conditions and cohorts in the words of the page, with the names that people gave: events and
/// properties as the lexicon calls them, cohorts by name. It comes from <see cref="Vocabulary"/> and knows the names of that
/// moment. In English a sentence is that of the analytics half, which the API gives too; in other languages it is built here,
/// by meaning.
/// </summary>
internal sealed partial class Phrases(DisplayNames called, IReadOnlyDictionary<CohortId, string> cohorts, IStringLocalizer<Words> words)
{
    public static bool IsEnglish => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en";

    /// <summary>What events and properties are called.</summary>
    public DisplayNames Called => called;

    /// <summary>The name of a cohort; one that is gone has its number, and says so.</summary>
    public string Of(CohortId cohort) => cohorts.GetValueOrDefault(cohort) ?? words["no. {0}, deleted", cohort];

    private string Quoted(CohortId cohort) => $"“{Of(cohort)}”";
}
