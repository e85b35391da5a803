// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Text;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Probes;

namespace LoadBalancer.Lab.Workloads;

/// <summary>Answers each UDP request with its sequence number and the node's name.</summary>
public sealed class UdpEcho : IDisposable
{
    private const int ReceiveOctets = 1 << 23;

    private readonly Socket _socket;
    private readonly byte[] _name;
    private readonly Thread _thread;
    private volatile bool _stopping;

    /// <summary>Answers on an open, bound socket, which it owns from now on.</summary>
    public UdpEcho(Socket socket, string name)
    {
        _socket = socket;
        _name = Encoding.ASCII.GetBytes(name);
        _socket.ReceiveTimeout = 50;
        // SO_RCVBUFFORCE: above the machine's limit, so that a thread that waits long for a processor loses no request.
        _socket.SetRawSocketOption(1, 33, BitConverter.GetBytes(ReceiveOctets));
        _thread = new Thread(Answer) { IsBackground = true, Name = "echo " + name, Priority = ThreadPriority.Highest };
        _thread.Start();
    }

    /// <summary>
    /// Answers in a namespace. The address is a certain one, not the wildcard: answers must leave with it as their source
    /// for connection tracking to know them.
    /// </summary>
    public static UdpEcho Start(LabNamespace place, IPEndPoint local, string name)
    {
        var socket = place.CreateSocket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(local);
            return new UdpEcho(socket, name);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _socket.Dispose();
    }

    private void Answer()
    {
        _ = Pacer.TryRealTime();
        Span<byte> buffer = stackalloc byte[512];
        var from = new SocketAddress(_socket.AddressFamily);
        while (!_stopping)
        {
            try
            {
                var length = _socket.ReceiveFrom(buffer[..GapProbe.SequenceSize], SocketFlags.None, from);
                _name.CopyTo(buffer[length..]);
                _socket.SendTo(buffer[..(length + _name.Length)], SocketFlags.None, from);
            }
            catch (SocketException)
            {
                // The time-out that looks for the end, or a client that is out of reach.
            }
        }
    }
}
