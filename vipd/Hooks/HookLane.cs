// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Hooks;

/// <summary>Whose calls wait for one another: a subject's programs, and a subject's calls of one URL (empty for programs).</summary>
internal readonly record struct HookLaneKey(bool IsGroup, string Name, string Webhook);

/// <summary>Calls that are made one after the other. Of more than fit, the oldest goes.</summary>
internal sealed class HookLane
{
    /// <summary>Calls that may wait.</summary>
    public const int Capacity = 32;

    private readonly Channel<HookTask> _waiting;
    private readonly Task _running;

    public HookLane(Func<HookTask, Task> run, Action<HookTask> dropped, Action<HookLane> closed)
    {
        BoundedChannelOptions options = new(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true };
        _waiting = Channel.CreateBounded(options, dropped);
        _running = RunAsync(run, closed);
    }

    /// <summary>Takes a call; false when the lane is closed.</summary>
    public bool TryAdd(HookTask task) => _waiting.Writer.TryWrite(task);

    /// <summary>Takes no more; ends with the last call.</summary>
    public Task CloseAsync()
    {
        _waiting.Writer.TryComplete();
        return _running;
    }

    private async Task RunAsync(Func<HookTask, Task> run, Action<HookLane> closed)
    {
        // Whoever opens the lane must not run its first call himself.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await foreach (HookTask task in _waiting.Reader.ReadAllAsync())
        {
            await run(task);
            if (task.Call.Event == NotifyEvent.Deleted && _waiting.Reader.Count == 0)
            {
                _waiting.Writer.TryComplete();
                closed(this);
            }
        }
    }
}
