// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Benchmarks.Vip;

/// <summary>
/// A TCP server and its load, on threads that live in their namespaces and block: a connection costs both sides a few
/// system calls and nothing else, so that what is between them shows.
/// </summary>
internal sealed class TcpLoad : IDisposable
{
    internal const int ConnectPort = 8080;
    internal const int StreamPort = 8081;
    private const int Workers = 4;
    private const int Chunk = 1 << 17;

    private readonly List<Socket> _listeners = [];
    private readonly List<Thread> _threads = [];

    /// <summary>Serves in a namespace: one octet for each connection on one port, octets without end on the other.</summary>
    internal TcpLoad(LabNamespace place, IPAddress address)
    {
        Serve(place, new IPEndPoint(address, ConnectPort), Workers, static peer =>
        {
            Span<byte> octet = stackalloc byte[1];
            peer.Send(octet);
            // The client ends with a reset, which leaves no socket waiting on either side.
            peer.Receive(octet);
        });
        Serve(place, new IPEndPoint(address, StreamPort), 1, static peer =>
        {
            var octets = new byte[Chunk];
            while (peer.Send(octets) > 0)
            {
            }
        });
    }

    /// <summary>Connections a second from a namespace, one after the other on each of a few threads.</summary>
    internal static double ConnectionsPerSecond(LabNamespace place, IPAddress address, TimeSpan time)
    {
        var made = 0;
        var target = new IPEndPoint(address, ConnectPort);
        var began = Stopwatch.GetTimestamp();
        Run(place, Workers, () =>
        {
            Span<byte> octet = stackalloc byte[1];
            while (Stopwatch.GetElapsedTime(began) < time)
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
                socket.Connect(target);
                if (socket.Receive(octet) != 1)
                    throw new InvalidOperationException($"{target} closed without an answer.");
                Interlocked.Increment(ref made);
            }
        });
        return made / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>What one connection carries from the server to a namespace, in Gbit/s.</summary>
    internal static double GigabitsPerSecond(LabNamespace place, IPAddress address, TimeSpan time)
    {
        var octets = 0L;
        var took = TimeSpan.Zero;
        Run(place, 1, () =>
        {
            var buffer = new byte[Chunk];
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
            socket.Connect(new IPEndPoint(address, StreamPort));
            var began = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(began) < time)
                octets += socket.Receive(buffer);
            took = Stopwatch.GetElapsedTime(began);
        });
        return octets * 8 / took.TotalSeconds / 1e9;
    }

    public void Dispose()
    {
        foreach (var listener in _listeners)
            listener.Dispose();
        foreach (var thread in _threads)
            thread.Join();
    }

    private void Serve(LabNamespace place, IPEndPoint local, int workers, Action<Socket> answer)
    {
        var listener = place.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listeners.Add(listener);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(local);
        listener.Listen(1024);
        for (var i = 0; i < workers; i++)
        {
            var thread = new Thread(() => Accept(listener, answer)) { IsBackground = true, Name = "tcp load" };
            _threads.Add(thread);
            thread.Start();
        }
    }

    private static void Accept(Socket listener, Action<Socket> answer)
    {
        while (true)
        {
            try
            {
                using var peer = listener.Accept();
                answer(peer);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted or SocketError.TimedOut)
            {
                // How each connection ends.
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private static void Run(LabNamespace place, int threads, Action work)
    {
        var failures = new List<Exception>();
        var workers = Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            try
            {
                place.Run(work);
            }
#pragma warning disable CA1031 // rethrown on the caller's thread
            catch (Exception e)
#pragma warning restore CA1031
            {
                lock (failures)
                    failures.Add(e);
            }
        })
        { IsBackground = true, Name = "tcp load" }).ToList();
        workers.ForEach(static w => w.Start());
        workers.ForEach(static w => w.Join());
        if (failures.Count > 0)
            throw new IOException(failures[0].Message, failures[0]);
    }
}
