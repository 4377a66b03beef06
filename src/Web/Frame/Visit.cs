using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;

namespace Rondo.Web.Frame;

/// <summary>
/// One page, from coming to it until leaving it. The same page of another cohort, stream or person is another visit: the page
/// begins anew, so nothing that it read, was told or had typed in belongs to the one before. Another question in the address
/// is the same visit.
/// </summary>
/// <remarks>One per circuit.</remarks>
public sealed class Visit(NavigationManager navigation)
{
    private string? _place;
    private string? _continued;

    /// <summary>Another number is another visit.</summary>
    public int Number { get; private set; }

    /// <summary>Reads the address again.</summary>
    public void Look()
    {
        var place = PlaceOf(navigation.Uri);
        if (place == _place)
        {
            return;
        }

        if (place != _continued)
        {
            Number++;
        }

        (_place, _continued) = (place, null);
    }

    /// <summary>
    /// What was just made on a page has an address of its own now: the page goes on there as it is, and going back does not lead
    /// to the empty form.
    /// </summary>
    public void ContinueAt(string address)
    {
        _continued = PlaceOf(navigation.ToAbsoluteUri(address).AbsoluteUri);
        navigation.NavigateTo(address, replace: true);
    }

    /// <summary>What a page is about stands in its path; a person's id can be any text and stands behind it.</summary>
    private static string PlaceOf(string address)
    {
        var uri = new Uri(address);
        return QueryHelpers.ParseQuery(uri.Query).TryGetValue("id", out var id) ? $"{uri.AbsolutePath}?{id}" : uri.AbsolutePath;
    }
}
