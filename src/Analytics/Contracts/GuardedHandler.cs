using System.Net;
using System.Net.Sockets;

namespace Rondo.Analytics.Contracts;

/// <summary>
/// Makes connections for addresses that a project's settings name. The check is made on the resolved address at the moment
/// of connecting, so a name cannot change its mind in between; redirects are not followed.
/// </summary>
public static class GuardedHandler
{
    /// <summary>A handler of the caller's, who disposes it.</summary>
    /// <param name="timeout">How long making a connection may take.</param>
    /// <param name="allowsPrivateAddresses">Whether this machine and private networks may be called.</param>
    public static SocketsHttpHandler Create(TimeSpan timeout, bool allowsPrivateAddresses) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        ConnectTimeout = timeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        EnableMultipleHttp2Connections = true,
        ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, allowsPrivateAddresses, cancellationToken),
    };

    /// <summary>Whether an address belongs to this machine or a private network.</summary>
    public static bool IsPrivate(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        if (IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            return true;
        }

        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return address.IsIPv6LinkLocal || address.IsIPv6SiteLocal || address.IsIPv6UniqueLocal || address.IsIPv6Multicast;
        }

        var bytes = address.GetAddressBytes();
        return bytes[0] switch
        {
            0 or 10 or 127 => true,
            100 => bytes[1] is >= 64 and < 128,
            169 => bytes[1] == 254,
            172 => bytes[1] is >= 16 and < 32,
            192 => bytes[1] == 168 || (bytes[1] == 0 && bytes[2] == 0),
            198 => bytes[1] is 18 or 19,
            _ => bytes[0] >= 224,
        };
    }

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint endPoint, bool isPrivateAllowed, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(endPoint.Host, cancellationToken);
        var allowed = isPrivateAllowed ? addresses : [.. addresses.Where(address => !IsPrivate(address))];
        if (allowed.Length == 0)
        {
            throw new PrivateAddressException();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, endPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>An address that may not be called: it belongs to this machine or a private network.</summary>
public sealed class PrivateAddressException() : HttpRequestException(HttpRequestError.ConnectionError, "The address lies in a private network, which is not allowed here.");
