using System.Net;
using System.Net.Sockets;

namespace Rondo.Browser.Tests;

/// <summary>Somebody else's site, on an origin of its own: a page and the scripts it loads.</summary>
internal sealed class Shop : IAsyncDisposable
{
    private readonly HttpListener _listener;
    private readonly Dictionary<string, string> _files;
    private readonly Task _serving;

    private Shop(HttpListener listener, Uri address, string page, string[] scripts)
    {
        (_listener, Address) = (listener, address);
        _files = scripts.ToDictionary(script => "/" + Path.GetFileName(script));
        _files["/"] = page;
        _serving = ServeAsync();
    }

    public Uri Address { get; }

    public static Shop Open(string page, params string[] scripts)
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var address = new Uri($"http://localhost:{((IPEndPoint)probe.LocalEndpoint).Port}/");
        probe.Stop();
        var listener = new HttpListener();
        listener.Prefixes.Add(address.ToString());
        listener.Start();
        return new Shop(listener, address, page, scripts);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            if (_files.TryGetValue(context.Request.Url!.AbsolutePath, out var file))
            {
                context.Response.ContentType = file.EndsWith(".js", StringComparison.Ordinal) ? "text/javascript; charset=utf-8" : "text/html; charset=utf-8";
                await context.Response.OutputStream.WriteAsync(await File.ReadAllBytesAsync(file));
            }
            else
            {
                context.Response.StatusCode = 404;
            }

            context.Response.Close();
        }
    }
}
