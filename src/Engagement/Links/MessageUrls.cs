using Rondo.Model.Stores;

namespace Rondo.Engagement.Links;

/// <summary>The addresses that one message carries.</summary>
internal sealed class MessageUrls(LinkSigner signer, EngagementOptions options)
{
    /// <summary>Where the endpoints of links are mapped.</summary>
    public const string Prefix = "/m";

    public async ValueTask<string> OpenPixelAsync(ProjectId project, string messageKey, CancellationToken cancellationToken) =>
        Address("o", await signer.SignAsync(new SignedLink(LinkKind.Open, project, messageKey, string.Empty), cancellationToken)) + ".gif";

    public async ValueTask<string> ClickAsync(ProjectId project, string messageKey, string target, CancellationToken cancellationToken) =>
        Address("c", await signer.SignAsync(new SignedLink(LinkKind.Click, project, messageKey, target), cancellationToken));

    public async ValueTask<string> UnsubscribeAsync(ProjectId project, string messageKey, CancellationToken cancellationToken) =>
        Address("u", await signer.SignAsync(new SignedLink(LinkKind.Unsubscribe, project, messageKey, string.Empty), cancellationToken));

    private string Address(string kind, string token) => $"{options.PublicUrl.GetLeftPart(UriPartial.Path).TrimEnd('/')}{Prefix}/{kind}/{token}";
}
