using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using NodaTime;

namespace Rondo.Engagement.Channels.Fcm;

/// <summary>Firebase Cloud Messaging, HTTP v1: one request a token over multiplexed connections.</summary>
internal sealed class FcmChannel : IChannelProvider
{
    private static readonly JsonSerializerOptions Json = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly HttpClient _client;
    private readonly FcmAccess _access;
    private readonly Uri _address;
    private readonly TimeProvider _time;

    public FcmChannel(ServiceAccount account, Uri endpoint, HttpMessageHandler handler, EngagementOptions options, TimeProvider time)
    {
        _time = time;
        _address = new Uri(endpoint, $"/v1/projects/{Uri.EscapeDataString(account.ProjectId)}/messages:send");
        _client = new HttpClient(handler)
        {
            Timeout = options.ProviderTimeout,
            DefaultRequestVersion = System.Net.HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            MaxResponseContentBufferSize = 64 * 1024,
        };
        _access = new FcmAccess(account, _client, time);
    }

    public async Task<ProviderAnswer> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        if (message.Content is not PushContent push)
        {
            throw new InvalidOperationException("FCM carries push notifications only.");
        }

        var access = await _access.TokenAsync(cancellationToken);
        return access.Problem ?? await SendAsync(message, push, access.Value!, cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _access.Dispose();
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<ProviderAnswer> SendAsync(OutgoingMessage message, PushContent push, string token, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = JsonContent.Create(FcmRequest.Of(message, push), options: Json) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var response = await _client.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            var answer = FcmAnswer.Of(response.StatusCode, response.Headers.RetryAfter, body, Instant.FromDateTimeOffset(_time.GetUtcNow()));
            if (answer is NotReady)
            {
                _access.Forget();
            }

            return answer;
        }
        catch (HttpRequestException failure)
        {
            return failure.HttpRequestError switch
            {
                // No connection was ever made, so nothing was handed over.
                HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError =>
                    new TryLater(failure.HttpRequestError.ToString()),
                _ => new Lost(failure.HttpRequestError.ToString()),
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Lost("timeout");
        }
    }
}
