// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Testing;

/// <summary>
/// Shows that a repeated step allocates nothing. The runtime's counter is no exact witness: the compiler's own caches and a
/// collection that another thread starts move it by an allocation block, once. So the steps are counted in windows and the
/// best window is the verdict; a step that allocates shows in every one of them.
/// </summary>
/// <param name="window">The steps of one window.</param>
public sealed class AllocationMeter(int window)
{
    private long _last = -1;
    private int _steps;

    /// <summary>Octets allocated in the best whole window so far; <see cref="long.MaxValue"/> before the second window.</summary>
    public long Least { get; private set; } = long.MaxValue;

    /// <summary>Runs a step for eight windows, the first of them to warm it up.</summary>
    /// <returns>Octets allocated in the best window.</returns>
    public static long LeastOf(int window, Action step)
    {
        AllocationMeter meter = new(window);
        for (int i = 0; i < 8 * window; i++)
        {
            step();
            meter.Step();
        }

        return meter.Least;
    }

    /// <summary>Counts one step; always called on the thread that runs the steps.</summary>
    public void Step()
    {
        if (++_steps % window != 0)
        {
            return;
        }

        long now = GC.GetAllocatedBytesForCurrentThread();
        Least = _last < 0 ? Least : Math.Min(Least, now - _last);
        _last = now;
    }
}
