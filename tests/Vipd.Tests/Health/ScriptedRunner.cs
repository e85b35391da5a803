// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using LoadBalancer.Vipd.Health;

namespace LoadBalancer.Vipd.Tests.Health;

/// <summary>A runner of scripts that are not there: exit statuses in their order, the last again and again; null hangs until the time is over.</summary>
internal sealed class ScriptedRunner(params int?[] statuses) : IScriptRunner
{
    private int _runs;

    public int Runs => Volatile.Read(ref _runs);

    public ConcurrentQueue<string> Calls { get; } = new();

    public async Task<(int? ExitStatus, string Words)> RunAsync(IReadOnlyList<string> command, string user, string group, CancellationToken limit)
    {
        Calls.Enqueue($"{string.Join(' ', command)} as {user}:{group}");
        int run = Interlocked.Increment(ref _runs);
        if (statuses.Length == 0)
        {
            return (0, "");
        }

        if (statuses[Math.Min(run, statuses.Length) - 1] is not { } status)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, limit);
            return (null, "");
        }

        return (status, "");
    }
}
