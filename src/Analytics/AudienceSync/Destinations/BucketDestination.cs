using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using NodaTime;
using Rondo.Analytics.Contracts;

namespace Rondo.Analytics.AudienceSync.Destinations;

/// <summary>Files in a bucket of S3, or of a store that speaks its language.</summary>
internal sealed class BucketDestination : IAudienceDestination, IFilePlace
{
    private readonly BucketConnection _connection;
    private readonly AmazonS3Client _client;

    public BucketDestination(BucketConnection connection, Func<HttpClient> createClient, TimeSpan timeout)
    {
        _connection = connection;
        _client = new AmazonS3Client(new BasicAWSCredentials(connection.AccessKey, connection.SecretKey), new AmazonS3Config
        {
            ServiceURL = connection.Endpoint,
            AuthenticationRegion = connection.Region,
            ForcePathStyle = true,
            HttpClientFactory = new ClientFactory(createClient),
            Timeout = timeout,

            // Trying again is the sync's business, which remembers and shows it.
            MaxErrorRetry = 0,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        });
    }

    public int MaximumPage => 100_000;

    public bool WantsProfiles => false;

    public bool WantsEmptyPages => false;

    public Duration? FullAfter => null;

    public Task<DestinationAnswer> TestAsync(CancellationToken cancellationToken) =>
        WriteAsync("connection-test", "Written to try the connection.\n"u8.ToArray(), cancellationToken);

    public Task<DestinationAnswer> DeclareAsync(SentCohort cohort, CancellationToken cancellationToken) => Task.FromResult<DestinationAnswer>(new Taken());

    public Task<DestinationAnswer> SendAsync(SentCohort cohort, MemberPage page, CancellationToken cancellationToken) =>
        WriteAsync(MemberFile.NameOf(cohort, page), MemberFile.ContentOf(cohort, page), cancellationToken);

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    public async Task<DestinationAnswer> WriteAsync(string name, byte[] content, CancellationToken cancellationToken)
    {
        try
        {
            using var stream = new MemoryStream(content);
            await _client.PutObjectAsync(
                new PutObjectRequest
                {
                    BucketName = _connection.Bucket,
                    Key = (_connection.Prefix is { Length: > 0 } prefix ? prefix.Trim('/') + "/" : string.Empty) + name,
                    InputStream = stream,
                    ContentType = name.EndsWith(".avro", StringComparison.Ordinal) ? "application/vnd.apache.avro" : "application/x-ndjson",
                    UseChunkEncoding = false,
                },
                cancellationToken);
            return new Taken();
        }
        catch (AmazonS3Exception failure)
        {
            return OfStore(failure);
        }
        catch (Exception failure) when (failure is HttpRequestException or AmazonClientException or IOException)
        {
            return HttpCall.OfFailure(failure);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new TryAgain("no answer in time");
        }
    }

    private static DestinationAnswer OfStore(AmazonS3Exception failure) => failure.ErrorCode switch
    {
        "InvalidAccessKeyId" or "SignatureDoesNotMatch" or "AccessDenied" or "ExpiredToken" => new Stopped(failure.ErrorCode, SyncAdvice.RenewKeys),
        "NoSuchBucket" or "PermanentRedirect" or "AuthorizationHeaderMalformed" => new Stopped(failure.ErrorCode, SyncAdvice.CorrectAddress),
        "SlowDown" or "ServiceUnavailable" or "InternalError" or "RequestTimeout" => new TryAgain(failure.ErrorCode),
        _ => HttpCall.Of(failure.StatusCode == 0 ? HttpStatusCode.ServiceUnavailable : failure.StatusCode, null, failure.ErrorCode ?? string.Empty),
    };

    /// <summary>Gives the store's client connections that are guarded as all others.</summary>
    private sealed class ClientFactory(Func<HttpClient> create) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => create();

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => true;
    }
}
