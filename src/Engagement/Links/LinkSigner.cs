using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Data;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Links;

/// <summary>What a signed link does. Part of what is signed, so a link of one kind is none of another.</summary>
/// <remarks>The numbers are in links that people keep; they may be added to, never changed.</remarks>
internal enum LinkKind : byte
{
    Open = 1,
    Click = 2,
    Unsubscribe = 3,
}

/// <summary>What a signed link says: which message of which project, and for clicks where it leads.</summary>
internal sealed record SignedLink(LinkKind Kind, ProjectId Project, string MessageKey, string Target);

/// <summary>
/// Makes and reads the tokens of pixel, click and unsubscribe links: kind, project, message key and target, with a truncated
/// HMAC-SHA256. A token names no person and leads nowhere that was not signed.
/// </summary>
internal sealed partial class LinkSigner(EngagementDatabase database, SecretBox secrets, ILogger<LinkSigner> logger) : IDisposable
{
    private const int HeaderLength = 1 + 4 + 16;
    private const int SignatureLength = 16;
    private const string SecretName = "links";

    private readonly SemaphoreSlim _loading = new(1);
    private byte[]? _key;

    /// <summary>The token of a link.</summary>
    public async ValueTask<string> SignAsync(SignedLink link, CancellationToken cancellationToken)
    {
        var key = _key ?? await LoadAsync(cancellationToken);
        var target = Encoding.UTF8.GetBytes(link.Target);
        var bytes = new byte[HeaderLength + target.Length + SignatureLength];
        bytes[0] = (byte)link.Kind;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), link.Project.Value);
        Convert.FromHexString(link.MessageKey).CopyTo(bytes, 5);
        target.CopyTo(bytes, HeaderLength);
        Sign(key, bytes.AsSpan(0, HeaderLength + target.Length), bytes.AsSpan(HeaderLength + target.Length));
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>What a token says; null when we did not sign it, or not for this.</summary>
    public async ValueTask<SignedLink?> ReadAsync(string token, LinkKind kind, CancellationToken cancellationToken)
    {
        if (token.Length > 8192 || !Base64Url.IsValid(token, out var length) || length < HeaderLength + SignatureLength)
        {
            return null;
        }

        var key = _key ?? await LoadAsync(cancellationToken);
        var bytes = Base64Url.DecodeFromChars(token);
        var expected = new byte[SignatureLength];
        Sign(key, bytes.AsSpan(0, bytes.Length - SignatureLength), expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, bytes.AsSpan(bytes.Length - SignatureLength)) || bytes[0] != (byte)kind)
        {
            return null;
        }

        return new SignedLink(
            kind,
            new ProjectId(BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(1))),
            Convert.ToHexStringLower(bytes.AsSpan(5, 16)),
            Encoding.UTF8.GetString(bytes.AsSpan(HeaderLength, bytes.Length - HeaderLength - SignatureLength)));
    }

    public void Dispose() => _loading.Dispose();

    private static void Sign(byte[] key, ReadOnlySpan<byte> content, Span<byte> signature)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, content, whole);
        whole[..SignatureLength].CopyTo(signature);
    }

    private async Task<byte[]> LoadAsync(CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken);
        try
        {
            return _key ??= await database.ChangeAsync(data => LoadOrCreateAsync(data, cancellationToken), cancellationToken);
        }
        finally
        {
            _loading.Release();
        }
    }

    private async Task<byte[]> LoadOrCreateAsync(EngagementData data, CancellationToken cancellationToken)
    {
        var row = await data.Secrets.SingleOrDefaultAsync(secret => secret.Name == SecretName, cancellationToken);
        if (row is not null && secrets.Open(row.Value) is { } stored)
        {
            return Convert.FromBase64String(stored);
        }

        if (row is null)
        {
            data.Secrets.Add(row = new SecretRow { Name = SecretName, Value = string.Empty });
        }
        else
        {
            LogKeyLost();
        }

        var created = RandomNumberGenerator.GetBytes(32);
        row.Value = secrets.Close(Convert.ToBase64String(created));
        await data.SaveChangesAsync(cancellationToken);
        return created;
    }

    [LoggerMessage(LogLevel.Warning, "The key of message links cannot be decrypted any more: links in messages sent so far are dead, a new key is made.")]
    private partial void LogKeyLost();
}
