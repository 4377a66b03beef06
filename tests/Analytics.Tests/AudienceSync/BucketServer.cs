using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Rondo.Analytics.Tests.AudienceSync;

/// <summary>A stand-in for an S3 store: takes objects by PUT, checks who signed and that the body is what was signed.</summary>
internal sealed class BucketServer : IAsyncDisposable
{
    public const string AccessKey = "AKIARONDO";
    public const string SecretKey = "secret-of-the-bucket";

    private readonly WebApplication _application;

    private BucketServer(WebApplication application) => _application = application;

    public string Address => _application.Urls.First();

    public ConcurrentDictionary<string, string> Objects { get; } = [];

    public ConcurrentQueue<string> Violations { get; } = [];

    public ConcurrentQueue<(int Status, string Code)> Answers { get; } = [];

    public static async Task<BucketServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        var server = new BucketServer(application);
        application.MapPut("/{bucket}/{**key}", server.PutAsync);
        await application.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task<IResult> PutAsync(HttpContext context, string bucket, string key)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (Answers.TryDequeue(out var answer))
        {
            return Failure(answer.Status, answer.Code);
        }

        var authorization = context.Request.Headers.Authorization.ToString();
        if (!authorization.StartsWith($"AWS4-HMAC-SHA256 Credential={AccessKey}/", StringComparison.Ordinal))
        {
            return Failure(403, "InvalidAccessKeyId");
        }

        if (!authorization.Contains("/eu-central-1/s3/aws4_request", StringComparison.Ordinal))
        {
            Violations.Enqueue("signed for the region and the service");
        }

        var signed = context.Request.Headers["x-amz-content-sha256"].ToString();
        if (signed != Convert.ToHexStringLower(SHA256.HashData(body.ToArray())) && signed != "UNSIGNED-PAYLOAD")
        {
            Violations.Enqueue("the body is what was signed");
        }

        if (bucket != "audiences")
        {
            return Failure(404, "NoSuchBucket");
        }

        Objects[key] = Encoding.UTF8.GetString(body.ToArray());
        context.Response.Headers.ETag = "\"1\"";
        return Results.Ok();
    }

    private static IResult Failure(int status, string code) => Results.Text($"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>refused</Message></Error>", "application/xml", Encoding.UTF8, status);
}
