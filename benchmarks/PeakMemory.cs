using System.Globalization;

namespace Rondo.Benchmarks;

/// <summary>How much memory of its own, mapped files left out, this process takes beyond what it had at the start (Linux). Looks every millisecond.</summary>
internal sealed class PeakMemory : IDisposable
{
    private readonly long _before;
    private readonly Thread _watcher;
    private volatile bool _isStopped;
    private long _peak;

    public PeakMemory()
    {
        // What the heap keeps for itself would hide what the question takes.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _before = _peak = Now();
        _watcher = new Thread(() =>
        {
            while (!_isStopped)
            {
                _peak = Math.Max(_peak, Now());
                Thread.Sleep(1);
            }
        })
        { IsBackground = true };
        _watcher.Start();
    }

    /// <summary>Megabytes beyond the start, at most.</summary>
    public double Stop()
    {
        Dispose();
        return (Math.Max(_peak, Now()) - _before) / 1e6;
    }

    public void Dispose()
    {
        _isStopped = true;
        _watcher.Join();
    }

    private static long Now()
    {
        var pages = File.ReadAllText("/proc/self/statm").Split(' ');
        return (long.Parse(pages[1], CultureInfo.InvariantCulture) - long.Parse(pages[2], CultureInfo.InvariantCulture)) * Environment.SystemPageSize;
    }
}
