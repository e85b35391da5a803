// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net.Sockets;

namespace LoadBalancer.Benchmarks.Bgp.Wire;

/// <summary>
/// Joins an announcer and a receiver that both wait to be connected to, and sees on the way when the session is established
/// and what was announced: the same clock and the same cost for every announcer, whatever it logs.
/// </summary>
internal sealed class Relay : IDisposable
{
    private readonly Socket _announcer;
    private readonly Socket _receiver;
    private readonly TaskCompletionSource<long> _established = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread[] _threads;
    private int _keepalives;
    private bool _keptByAnnouncer;
    private bool _keptByReceiver;

    internal Relay(Socket announcer, Socket receiver)
    {
        (_announcer, _receiver) = (announcer, receiver);
        _announcer.NoDelay = _receiver.NoDelay = true;
        _threads =
        [
            new Thread(() => Carry(_announcer, _receiver, new MessageScanner(FromAnnouncer))) { IsBackground = true, Name = "relay" },
            new Thread(() => Carry(_receiver, _announcer, new MessageScanner(FromReceiver))) { IsBackground = true, Name = "relay back" },
        ];
        foreach (var thread in _threads)
            thread.Start();
    }

    /// <summary>When both sides had said KEEPALIVE: a time stamp.</summary>
    internal Task<long> Established => _established.Task;

    /// <summary>What was announced.</summary>
    internal RouteBook Book { get; } = new(0);

    public void Dispose()
    {
        _announcer.Dispose();
        _receiver.Dispose();
        foreach (var thread in _threads)
            thread.Join();
        _established.TrySetException(new InvalidOperationException("The session ended before it was established."));
        _ = _established.Task.Exception;
    }

    private static void Carry(Socket from, Socket to, MessageScanner scanner)
    {
        var buffer = new byte[1 << 16];
        try
        {
            for (int length; (length = from.Receive(buffer)) > 0;)
            {
                for (var at = 0; at < length;)
                    at += to.Send(buffer, at, length - at, SocketFlags.None);
                scanner.Feed(buffer.AsSpan(0, length));
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // It is over, whoever ended it.
        }
    }

    private void FromAnnouncer(byte type, ReadOnlyMemory<byte> body)
    {
        if (type == BgpBytes.Update)
            Book.Take(body.Span);
        else if (type == BgpBytes.Keepalive)
            Kept(ref _keptByAnnouncer);
    }

    private void FromReceiver(byte type, ReadOnlyMemory<byte> body)
    {
        if (type == BgpBytes.Keepalive)
            Kept(ref _keptByReceiver);
    }

    private void Kept(ref bool kept)
    {
        if (kept)
            return;
        kept = true;
        if (Interlocked.Increment(ref _keepalives) == 2)
            _established.TrySetResult(Stopwatch.GetTimestamp());
    }
}
