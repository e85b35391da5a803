// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using LoadBalancer.Linux.Programs;
using LoadBalancer.VipConfig;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd.Hooks;

/// <summary>
/// Tells transitions to programs and webhooks. Those of one instance or group are told in their order, one after the other; a
/// webhook that does not answer holds up no program and no other webhook. Who tells never waits: of what waits too long the
/// oldest goes, and is counted.
/// </summary>
internal sealed class HookRunner : IAsyncDisposable
{
    /// <summary>How long calls may go on after the end was asked for.</summary>
    public static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<HookLaneKey, HookLane> _lanes = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly ProgramHook _programs;
    private readonly WebHook _webhooks;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly TimeSpan _flushLimit;
    private long _done;
    private long _failed;
    private long _dropped;
    private bool _isOver;

    /// <summary>A runner with nothing to tell.</summary>
    public HookRunner(ProgramRunner programs, ILogger logger, TimeProvider time, TimeSpan? flushLimit = null)
    {
        _logger = logger;
        _time = time;
        _flushLimit = flushLimit ?? FlushLimit;
        _programs = new(programs, new Accounts(), logger);
        _webhooks = new(time, logger);
    }

    /// <summary>What became of the calls until now.</summary>
    public HookCounts Counts => new(Interlocked.Read(ref _done), Interlocked.Read(ref _failed), Interlocked.Read(ref _dropped));

    /// <summary>Tells a transition to those hooks that are for it. Any thread may call; it never waits.</summary>
    public void Tell(HookCall call, ValueList<NotifyHook> hooks, GlobalSettings global)
    {
        foreach (NotifyHook hook in hooks)
        {
            if (Volatile.Read(ref _isOver) || !(hook.On.Contains(NotifyEvent.Any) || hook.On.Contains(call.Event)))
                continue;
            HookTask task = new(call, hook, global, _time.GetUtcNow());
            HookLaneKey key = new(call.IsGroup, call.Name, hook.Webhook);
            // A lane whose subject was deleted closes behind its last call: who comes then opens another.
            while (_lanes.GetOrAdd(key, static (k, self) => self.Open(k), this) is { } lane && !lane.TryAdd(task) && !Volatile.Read(ref _isOver))
                _lanes.TryRemove(new(key, lane));
        }
    }

    private HookLane Open(HookLaneKey key) => new(
        RunAsync,
        task =>
        {
            Interlocked.Increment(ref _dropped);
            Log.Dropped(_logger, task.Call.Kind, task.Call.Name, task.Call.StateWord);
        },
        lane => _lanes.TryRemove(new(key, lane)));

    private async Task RunAsync(HookTask task)
    {
        bool done = task.Hook.Webhook.Length > 0
            ? await _webhooks.CallAsync(task, _ending.Token)
            : await _programs.CallAsync(task, _ending.Token);
        Interlocked.Increment(ref done ? ref _done : ref _failed);
    }

    /// <summary>Takes no more; what was told has a little time to be done, and is ended then.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isOver, true))
            return;
        Task[] all = [.. _lanes.Values.Select(static lane => lane.CloseAsync())];
        await Task.WhenAny(Task.WhenAll(all), Task.Delay(_flushLimit, _time, _ending.Token));
        int left = all.Count(static task => !task.IsCompleted);
        if (left > 0)
            Log.FlushEnded(_logger, _flushLimit, left);
        await _ending.CancelAsync();
        await Task.WhenAll(all);
        _webhooks.Dispose();
        _ending.Dispose();
    }
}
