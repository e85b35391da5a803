// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.Interop;

/// <summary>Looks at routes in the kernel of the router without pause, beside what the kernel itself says of changes.</summary>
public sealed class KernelWatch : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly LabProcess _monitor;
    private readonly IReadOnlyList<string> _prefixes;
    private readonly Task<(int Looks, int Fewest)> _looking;

    private KernelWatch(BgpWorld world, LabProcess monitor, IReadOnlyList<string> prefixes)
    {
        (_monitor, _prefixes) = (monitor, prefixes);
        _looking = LookAsync(world);
    }

    /// <summary>Begins to watch prefixes that have routes now.</summary>
    public static async Task<KernelWatch> StartAsync(BgpWorld world, params IReadOnlyList<string> prefixes)
    {
        LabProcess monitor = await world.Network.StartProcessAsync(world.Network.Router.Namespace, "route-monitor", "ip", "-o", "monitor", "route");
        return new KernelWatch(world, monitor, prefixes);
    }

    /// <summary>Ends it: how often it looked, the fewest next hops it saw, and what the kernel said of the prefixes.</summary>
    public async Task<(int Looks, int Fewest, IReadOnlyList<string> Changes)> EndAsync()
    {
        await _stop.CancelAsync();
        (int looks, int fewest) = await _looking;
        _ = await _monitor.StopAsync(BgpWorld.Cancellation);
        // The kernel writes host routes without a length.
        string[] names = [.. _prefixes.Select(static p => p[..p.IndexOf('/', StringComparison.Ordinal)])];
        return (looks, fewest, [.. _monitor.Output.Lines.Where(l => l.Split(' ').Any(names.Contains))]);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _looking.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await _monitor.DisposeAsync();
        _stop.Dispose();
    }

    private async Task<(int Looks, int Fewest)> LookAsync(BgpWorld world)
    {
        (int looks, int fewest) = (0, int.MaxValue);
        while (!_stop.IsCancellationRequested)
        {
            foreach (string prefix in _prefixes)
                fewest = Math.Min(fewest, await KernelRoutes.NextHopsAsync(world.Network, prefix, BgpWorld.Cancellation));
            looks++;
        }

        return (looks, fewest);
    }
}
