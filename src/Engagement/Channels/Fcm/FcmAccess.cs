using Google.Apis.Auth.OAuth2;
using Google.Apis.Http;
using Google.Apis.Util;

namespace Rondo.Engagement.Channels.Fcm;

/// <summary>Gets and renews the bearer token of a service account: a signed assertion to the key file's token address.</summary>
internal sealed class FcmAccess
{
    private const string Scope = "https://www.googleapis.com/auth/firebase.messaging";

    private readonly ServiceAccount _account;
    private readonly Func<HttpMessageHandler> _handler;
    private readonly TimeProvider _time;
    private volatile ServiceAccountCredential _credential;

    public FcmAccess(ServiceAccount account, Func<HttpMessageHandler> handler, TimeProvider time)
    {
        _account = account;
        _handler = handler;
        _time = time;
        _credential = Create();
    }

    /// <summary>A token that is good for at least a few minutes.</summary>
    /// <exception cref="Google.Apis.Auth.OAuth2.Responses.TokenResponseException">The account is not accepted.</exception>
    /// <exception cref="HttpRequestException">The token address cannot be reached.</exception>
    public Task<string> TokenAsync(CancellationToken cancellationToken) => _credential.GetAccessTokenForRequestAsync(null, cancellationToken);

    /// <summary>Forgets the token: the provider refused it before its time.</summary>
    public void Forget() => _credential = Create();

    private ServiceAccountCredential Create() => new(
        new ServiceAccountCredential.Initializer(_account.ClientEmail, _account.TokenUri)
        {
            ProjectId = _account.ProjectId,
            KeyId = _account.PrivateKeyId,
            Scopes = [Scope],
            Clock = new Clock(_time),
            HttpClientFactory = new HandlerFactory(_handler),

            // The dispatcher decides when to try again and says so in the ledger.
            DefaultExponentialBackOffPolicy = ExponentialBackOffPolicy.None,
        }.FromPrivateKey(_account.PrivateKey));

    private sealed class HandlerFactory(Func<HttpMessageHandler> handler) : HttpClientFactory
    {
        protected override HttpMessageHandler CreateHandler(CreateHttpClientArgs args) => handler();
    }

    private sealed class Clock(TimeProvider time) : IClock
    {
        public DateTime Now => time.GetLocalNow().DateTime;

        public DateTime UtcNow => time.GetUtcNow().UtcDateTime;
    }
}
