// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace LoadBalancer.Benchmarks.Bgp.Wire;

/// <summary>
/// A BGP peer that the benchmark plays over a socket, on a thread of its own: it opens, keeps the session and takes what
/// comes, and, when it has something to say, says it as soon as the session is established.
/// </summary>
internal sealed class PlayedPeer : IAsyncDisposable
{
    private const int StackOctets = 256 << 10;
    private static readonly TimeSpan KeepaliveInterval = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly byte[] _open;
    private readonly byte[] _toSay;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<long> _established = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _keeping;
    private bool _said;
    private readonly ManualResetEventSlim _reads = new(initialState: true);

    internal PlayedPeer(Socket socket, int asn, IPAddress identifier, ushort hold = BenchRoutes.HoldSeconds, int prefixes = 0, byte[]? toSay = null)
    {
        _socket = socket;
        _socket.NoDelay = true;
        _open = BgpBytes.Open(asn, identifier, hold);
        _toSay = toSay ?? [];
        Book = new RouteBook(prefixes);
        new Thread(Run, StackOctets) { IsBackground = true, Name = "played peer" }.Start();
        _keeping = KeepAsync();
    }

    /// <summary>What it has been told.</summary>
    internal RouteBook Book { get; }

    /// <summary>When the session was established: a time stamp.</summary>
    internal Task<long> Established => _established.Task;

    /// <summary>Ends with the session.</summary>
    internal Task Ended => _ended.Task;

    /// <summary>Called with the time stamp of each KEEPALIVE, on the peer's thread.</summary>
    internal Action<long> Kept { get; set; } = static _ => { };

    /// <summary>Reads no more, or again: a stuck peer's window closes.</summary>
    internal bool Reads
    {
        set
        {
            if (value)
                _reads.Set();
            else
                _reads.Reset();
        }
    }

    /// <summary>Waits until a condition on the book holds.</summary>
    internal async Task UntilAsync(Func<RouteBook, bool> holds, TimeSpan limit, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        while (!holds(Book))
        {
            if (_ended.Task.IsCompleted)
                throw new InvalidOperationException("The session has ended.");
            if (Stopwatch.GetElapsedTime(began) > limit)
                throw new TimeoutException($"{Book.Announced} prefixes in {Book.Updates} UPDATEs after {limit.TotalSeconds:f0} s.");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _reads.Set();
        _socket.Dispose();
        await _ended.Task;
        await _keeping;
        _stop.Dispose();
        _reads.Dispose();
    }

    private void Run()
    {
        try
        {
            var scanner = new MessageScanner(Take);
            var buffer = new byte[1 << 16];
            _socket.Send(_open);
            while (true)
            {
                _reads.Wait(_stop.Token);
                var length = _socket.Receive(buffer);
                if (length == 0)
                    break;
                scanner.Feed(buffer.AsSpan(0, length));
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // It is over, whoever ended it.
        }
        finally
        {
            _established.TrySetException(new InvalidOperationException("The session ended before it was established."));
            _ = _established.Task.Exception;
            _ended.TrySetResult();
        }
    }

    private void Take(byte type, ReadOnlyMemory<byte> body)
    {
        const byte Open = 1;
        switch (type)
        {
            case Open:
                _socket.Send(BgpBytes.KeepaliveMessage);
                break;
            case BgpBytes.Keepalive:
                var now = Stopwatch.GetTimestamp();
                if (_established.TrySetResult(now))
                    SendAll();
                Kept(now);
                break;
            case BgpBytes.Update:
                Book.Take(body.Span);
                break;
            default:
                break;
        }
    }

    private void SendAll()
    {
        for (var at = 0; at < _toSay.Length;)
            at += _socket.Send(_toSay, at, _toSay.Length - at, SocketFlags.None);
        Volatile.Write(ref _said, true);
    }

    private async Task KeepAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(KeepaliveInterval, TimeProvider.System, _stop.Token);
                // Between two messages only: what is said in bulk keeps the session by itself.
                if (_established.Task.IsCompletedSuccessfully && Volatile.Read(ref _said))
                    _socket.Send(BgpBytes.KeepaliveMessage);
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Told by the other thread.
        }
    }
}
