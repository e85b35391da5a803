// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace LoadBalancer.Lab.Network;

/// <summary>
/// Listens in a namespace and passes each TCP connection on to an endpoint of the machine itself: how the nodes of the lab
/// reach an API server outside it. TLS goes through untouched.
/// </summary>
public sealed class ApiRelay : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly Func<CancellationToken, Task<Socket>> _connect;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, bool> _connections = new();
    private readonly ConcurrentDictionary<Socket, bool> _open = new();
    private readonly Task _accepting;
    private volatile bool _refusing;
    private long _delayTicks;
    private long _heldBackTicks;

    private ApiRelay(Socket listener, Func<CancellationToken, Task<Socket>> connect)
    {
        _listener = listener;
        _connect = connect;
        _accepting = AcceptAsync();
    }

    public IPEndPoint Endpoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Starts to relay from an address in the namespace to a host and port as this process sees them.</summary>
    public static ApiRelay Start(LabNamespace place, IPEndPoint local, string host, int port)
    {
        var listener = place.CreateSocket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            listener.Bind(local);
            listener.Listen(512);
            return new ApiRelay(listener, cancellation => ConnectAsync(host, port, cancellation));
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>Makes the API server unreachable: open connections break, new ones are closed at once, until told otherwise.</summary>
    public void Refuse(bool refuse)
    {
        _refusing = refuse;
        if (!refuse)
            return;
        foreach (var socket in _open.Keys)
            socket.Dispose();
    }

    /// <summary>For how long answers waited, by a clock, all of them together.</summary>
    public TimeSpan HeldBack => new(Interlocked.Read(ref _heldBackTicks));

    /// <summary>Makes every answer of the API server wait, until told otherwise.</summary>
    public void Slow(TimeSpan delay) => Interlocked.Exchange(ref _delayTicks, delay.Ticks);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        foreach (var socket in _open.Keys)
            socket.Dispose();
        await Task.WhenAll(_connections.Keys);
        _stop.Dispose();
    }

    private static async Task<Socket> ConnectAsync(string host, int port, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var accepted = await _listener.AcceptAsync(_stop.Token);
                var relaying = RelayAsync(accepted);
                _connections[relaying] = true;
                _ = relaying.ContinueWith(t => _connections.TryRemove(t, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The end, or a connection that was gone before it was taken.
            }
        }
    }

    private async Task RelayAsync(Socket near)
    {
        using (near)
        {
            if (_refusing)
                return;
            try
            {
                near.NoDelay = true;
                using var far = await _connect(_stop.Token);
                _open[near] = true;
                _open[far] = true;
                await Task.WhenAll(PumpAsync(near, far, answers: false), PumpAsync(far, near, answers: true));
                _open.TryRemove(far, out _);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The server is not there: the client sees a closed connection and tries again.
            }

            _open.TryRemove(near, out _);
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool answers)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            int length;
            while ((length = await from.ReceiveAsync(buffer, _stop.Token)) > 0)
            {
                var arrived = Stopwatch.GetTimestamp();
                if (answers && Interlocked.Read(ref _delayTicks) is > 0 and var ticks)
                    await Task.Delay(new TimeSpan(ticks), TimeProvider.System, _stop.Token);
                if (answers)
                    Interlocked.Add(ref _heldBackTicks, Stopwatch.GetElapsedTime(arrived).Ticks);
                for (var sent = 0; sent < length;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, length - sent), _stop.Token);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            from.Dispose();
            to.Dispose();
        }
    }
}
