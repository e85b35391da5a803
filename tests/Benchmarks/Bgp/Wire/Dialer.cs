// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Benchmarks.Bgp.Wire;

/// <summary>Sockets inside namespaces.</summary>
internal static class Dialer
{
    private const int BgpPort = 179;
    private const int Backlog = 1024;

    /// <summary>Connects to a port from an address; tries until the limit, as a daemon may not listen yet.</summary>
    internal static async Task<Socket> ConnectAsync(LabNamespace place, IPAddress from, IPAddress to, TimeSpan limit, CancellationToken cancellation, int port = BgpPort)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var socket = place.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                socket.Bind(new IPEndPoint(from, 0));
                // Not the asynchronous call: it would leave a socket that never blocks to threads that are to block in it.
                socket.Connect(new IPEndPoint(to, port));
                return socket;
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(began) < limit)
            {
                socket.Dispose();
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellation);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    internal static Socket Listen(LabNamespace place, IPAddress address, int port = BgpPort)
    {
        var socket = place.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(address, port));
        socket.Listen(Backlog);
        return socket;
    }
}
