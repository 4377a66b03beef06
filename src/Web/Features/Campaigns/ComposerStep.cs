namespace Rondo.Web.Features.Campaigns;

/// <summary>The steps of the composer, in order; their names are keys of the words.</summary>
public enum ComposerStep
{
    Message = 1,
    Delivery = 2,
    Audience = 3,
    Conversions = 4,
    Review = 5,
}
