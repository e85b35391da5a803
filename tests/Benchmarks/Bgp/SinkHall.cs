// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using LoadBalancer.Benchmarks.Bgp.Wire;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Benchmarks.Bgp;

/// <summary>Takes whoever connects to an address, and makes a sink of each.</summary>
internal sealed class SinkHall : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<PlayedPeer> _sinks = new();
    private readonly Task _taking;

    private SinkHall(Socket listener, IPAddress identifier, int prefixes, ushort hold, Action<PlayedPeer> made)
    {
        _listener = listener;
        _taking = TakeAsync(identifier, prefixes, hold, made);
    }

    /// <summary>All that came, in order.</summary>
    internal IReadOnlyList<PlayedPeer> Sinks => [.. _sinks];

    /// <param name="place">Namespace to listen in.</param>
    /// <param name="address">Address to listen on.</param>
    /// <param name="port">Port to listen on.</param>
    /// <param name="prefixes">How many prefixes each sink keeps a book of; 0 for counts alone.</param>
    /// <param name="hold">Hold time each sink proposes, in seconds.</param>
    /// <param name="receiveOctets">Receive buffer of each sink in octets; 0 for the kernel's choice.</param>
    /// <param name="made">Called with each sink as it comes.</param>
    internal static SinkHall Open(
        LabNamespace place, IPAddress address, int port, int prefixes, ushort hold = BenchRoutes.HoldSeconds, int receiveOctets = 0, Action<PlayedPeer>? made = null)
    {
        var listener = Dialer.Listen(place, address, port);
        if (receiveOctets > 0)
            listener.ReceiveBufferSize = receiveOctets;
        return new SinkHall(listener, BgpStage.SinkIdentifier, prefixes, hold, made ?? (static _ => { }));
    }

    /// <summary>Waits until this many sinks have come and a condition holds for each.</summary>
    internal async Task UntilAsync(int count, Func<RouteBook, bool> holds, TimeSpan limit, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var sinks = Sinks;
            if (sinks.Count >= count && sinks.All(s => holds(s.Book)))
                return;
            if (Stopwatch.GetElapsedTime(began) > limit)
                throw new TimeoutException($"{sinks.Count(s => holds(s.Book))} of {count} sinks after {limit.TotalSeconds:f0} s.");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _taking;
        _listener.Dispose();
        foreach (var sink in _sinks)
            await sink.DisposeAsync();
        _stop.Dispose();
    }

    private async Task TakeAsync(IPAddress identifier, int prefixes, ushort hold, Action<PlayedPeer> made)
    {
        try
        {
            while (true)
            {
                var sink = new PlayedPeer(await _listener.AcceptAsync(_stop.Token), BenchRoutes.RouterAsn, identifier, hold, prefixes);
                made(sink);
                _sinks.Enqueue(sink);
            }
        }
        catch (OperationCanceledException)
        {
            // Asked to.
        }
    }
}
