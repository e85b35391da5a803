// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Benchmarks.Assignment;

/// <summary>Sees, as a client with a watch, when each Service has its address.</summary>
internal sealed class AssignmentWatch : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<long>> _assigned = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private int _count;

    private AssignmentWatch(ApiClient client, string version) => _running = RunAsync(client, version);

    /// <summary>Services seen with an address.</summary>
    internal int Count => Volatile.Read(ref _count);

    internal static async Task<AssignmentWatch> StartAsync(ApiClient client, CancellationToken cancellation)
    {
        var list = await client.ListAsync(Kinds.Service, new Selection("default"), cancellation);
        return new AssignmentWatch(client, list.ResourceVersion);
    }

    /// <summary>When the Service was seen with an address, as a <see cref="Stopwatch"/> time stamp.</summary>
    internal async Task<long> AssignedAsync(string name, CancellationToken cancellation)
    {
        var seen = Source(name).Task;
        if (await Task.WhenAny(seen, _running).WaitAsync(cancellation) == _running)
            await _running;
        return await seen.WaitAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(_running);
        _stop.Dispose();
    }

    private TaskCompletionSource<long> Source(string name) =>
        _assigned.GetOrAdd(name, static _ => new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously));

    private async Task RunAsync(ApiClient client, string version)
    {
        await foreach (var change in client.WatchAsync(Kinds.Service, new Selection("default"), version, _stop.Token))
        {
            if (change.Item is { } service && service.Status.LoadBalancer.Ingress.Count > 0
                && Source(service.Metadata.Name!).TrySetResult(Stopwatch.GetTimestamp()))
                Interlocked.Increment(ref _count);
        }
    }
}
