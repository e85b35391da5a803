// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Runtime;

/// <summary>
/// Gives memory back after a burst. The collector keeps what a burst made it take for the next one, and in a process
/// that is quiet for weeks the next one does not come; a node has better uses for it.
/// </summary>
public static class QuietTimes
{
    private const long Burst = 2 << 20;
    private const long Quiet = 4 << 20;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    /// <summary>Runs until cancelled, which ends it without an exception.</summary>
    public static async Task CollectAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(Look, time);
        long collected = 0;
        long before = 0;
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                long allocated = GC.GetTotalAllocatedBytes();
                if (allocated - before < Quiet && allocated - collected > Burst)
                {
                    GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                    collected = GC.GetTotalAllocatedBytes();
                }

                before = allocated;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }
}
