using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Rondo.Server.Hosting;

/// <summary>Addresses to listen on. Links in messages need the port before the server listens, so port 0 is settled first.</summary>
internal static class ListenAddress
{
    private const string AnyPort = ":0";

    /// <summary>The same addresses with a free port of this machine in place of each port 0.</summary>
    public static string Settle(string urls) => string.Join(';', urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(url => url.TrimEnd('/') is var address && address.EndsWith(AnyPort, StringComparison.Ordinal)
            ? string.Create(CultureInfo.InvariantCulture, $"{address[..^AnyPort.Length]}:{FreePort()}")
            : address));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
