using Microsoft.Extensions.Localization;
using Rondo.Engagement.Contracts;
using Rondo.Web.Resources;

namespace Rondo.Web.Features.Campaigns;

/// <summary>What Braze's channels are called.</summary>
internal static class BrazeChannelWords
{
    public static string Of(BrazeChannel channel, IStringLocalizer<Words> L) => channel switch
    {
        BrazeChannel.Push => L["Push"],
        BrazeChannel.Email => L["E-mail"],
        BrazeChannel.Sms => "SMS",
        BrazeChannel.WhatsApp => "WhatsApp",
        BrazeChannel.Rcs => "RCS",
        BrazeChannel.Line => "LINE",
        BrazeChannel.InAppMessage => L["In-app message"],
        BrazeChannel.ContentCard => L["Content card"],
        BrazeChannel.Banner => L["Banner"],
        BrazeChannel.Webhook => L["Webhook"],
        _ => L["Feature flag"],
    };
}
