using System.Collections;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Rondo.Soaking;

/// <summary>Takes Currents, and remembers of each event a bit and of its delay a place in a row: the least that can be said at five thousand a second.</summary>
internal sealed class CountingReceiver : IAsyncDisposable
{
    private const int LongestLagMilliseconds = 600_000;

    private readonly Lock _gate = new();
    private readonly int[] _lags = new int[LongestLagMilliseconds + 1];
    private readonly WebApplication _application;
    private BitArray _seen = new(1 << 20);
    private long _eventCount;

    private CountingReceiver(WebApplication application) => _application = application;

    public string Address => _application.Urls.First() + "/currents";

    public long EventCount => Interlocked.Read(ref _eventCount);

    public long DuplicateCount { get; private set; }

    public int RequestCount { get; private set; }

    public static async Task<CountingReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        var receiver = new CountingReceiver(application);
        application.MapPost("/currents", receiver.TakeAsync);
        await application.StartAsync();
        return receiver;
    }

    /// <summary>The delay that so many of the events did not exceed, in milliseconds.</summary>
    public double LagAt(double share)
    {
        lock (_gate)
        {
            var (left, place) = ((long)(share * (_eventCount - 1)), 0);
            while (place < LongestLagMilliseconds && (left -= _lags[place]) >= 0)
            {
                place++;
            }

            return place;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_gate)
        {
            RequestCount++;
            foreach (var item in body.RootElement.GetProperty("events").EnumerateArray())
            {
                var properties = item.GetProperty("properties");
                var number = int.Parse(properties.GetProperty("dispatch_id").GetString()!, CultureInfo.InvariantCulture);
                if (number >= _seen.Length)
                {
                    _seen.Length *= 2;
                }

                if (_seen[number])
                {
                    DuplicateCount++;
                    continue;
                }

                _seen[number] = true;
                _eventCount++;
                _lags[Math.Clamp(now - long.Parse(properties.GetProperty("send_id").GetString()!, CultureInfo.InvariantCulture), 0, LongestLagMilliseconds)]++;
            }
        }
    }
}
