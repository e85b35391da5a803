// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Interop;

/// <summary>A router made of sockets, at a host of the lab: what it says is up to the test. IPv4 alone.</summary>
public sealed class RawPeer : IDisposable
{
    private const int Tcp = 6;
    private const int Md5Signature = 14;
    private readonly Socket _listener;

    /// <summary>Listens; with a password for one node if there is one, and with a small window if wanted.</summary>
    public RawPeer(LabHost host, int port, (LabHost Node, string Password)? key = null, int? receiveBuffer = null)
    {
        (Host, Port) = (host, port);
        _listener = Open(host);
        if (receiveBuffer is { } octets)
            _listener.ReceiveBufferSize = octets;
        if (key is var (node, password))
            SetKey(_listener, node, password);
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Bind(new IPEndPoint(host.ServiceAddress, port));
        _listener.Listen();
    }

    public LabHost Host { get; }

    public int Port { get; }

    /// <summary>Takes the next connection.</summary>
    public async Task<RawConnection> AcceptAsync()
    {
        using CancellationTokenSource limit = RawConnection.Limit();
        return new RawConnection(await _listener.AcceptAsync(limit.Token));
    }

    /// <summary>Connects to a node's BGP port.</summary>
    public async Task<RawConnection> DialAsync(LabHost node)
    {
        Socket socket = Open(Host);
        try
        {
            using CancellationTokenSource limit = RawConnection.Limit();
            socket.Bind(new IPEndPoint(Host.ServiceAddress, 0));
            await socket.ConnectAsync(new IPEndPoint(node.ServiceAddress, RouterOptions.BgpPort), limit.Token);
            return new RawConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sets another password for a node on a socket, connected or not.</summary>
    public static void SetKey(Socket socket, LabHost node, string password)
    {
        // struct tcp_md5sig: the address in 128 octets, flags and prefix, length of the key, interface, key.
        byte[] option = new byte[128 + 8 + 80];
        byte[] octets = Encoding.UTF8.GetBytes(password);
        BinaryPrimitives.WriteUInt16LittleEndian(option, 2);
        node.ServiceAddress.TryWriteBytes(option.AsSpan(4), out _);
        BinaryPrimitives.WriteUInt16LittleEndian(option.AsSpan(130), (ushort)octets.Length);
        octets.CopyTo(option, 136);
        socket.SetRawSocketOption(Tcp, Md5Signature, option);
    }

    public void Dispose() => _listener.Dispose();

    private static Socket Open(LabHost host)
    {
        Socket socket = host.Namespace.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        return socket;
    }
}
