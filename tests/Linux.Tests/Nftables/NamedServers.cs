// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LoadBalancer.Linux.Tests.Nftables;

/// <summary>Servers of TCP and UDP that answer every octet with their name and the address they see.</summary>
internal sealed class NamedServers : IDisposable
{
    private readonly List<Socket> _sockets = [];

    /// <summary>A server from now on; its address is one of the namespace already.</summary>
    public void Serve(TestNamespace place, IPEndPoint at, string name)
    {
        (Socket listener, Socket datagrams) = place.Within(() =>
            (new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp), new Socket(at.AddressFamily, SocketType.Dgram, ProtocolType.Udp)));
        _sockets.AddRange([listener, datagrams]);
        listener.Bind(at);
        listener.Listen(512);
        datagrams.Bind(at);
        InBackground(() => Answer(datagrams, name));
        InBackground(() =>
        {
            while (true)
            {
                Socket accepted = listener.Accept();
                InBackground(() => Answer(accepted, name));
            }
        });
    }

    /// <summary>Who answers on a connection, and whom that sees.</summary>
    public static (string Server, string Sees) Ask(Socket socket)
    {
        byte[] buffer = new byte[256];
        socket.Send([1]);
        string[] words = Encoding.ASCII.GetString(buffer.AsSpan(0, socket.Receive(buffer))).Split(' ');
        return (words[0], words[1]);
    }

    /// <summary>Until the socket it waits on is closed.</summary>
    public static void InBackground(Action body) => new Thread(() =>
    {
        try
        {
            body();
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // The lab is being taken down, a server fails, or a connection was cut.
        }
    })
    {
        IsBackground = true,
    }.Start();

    private static void Answer(Socket socket, string name)
    {
        byte[] buffer = new byte[64];
        EndPoint from = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        bool stream = socket.SocketType == SocketType.Stream;
        while (stream ? socket.Receive(buffer) > 0 : socket.ReceiveFrom(buffer, ref from) > 0)
        {
            EndPoint peer = stream ? socket.RemoteEndPoint! : from;
            byte[] answer = Encoding.ASCII.GetBytes($"{name} {((IPEndPoint)peer).Address}");
            _ = stream ? socket.Send(answer) : socket.SendTo(answer, peer);
        }

        socket.Dispose();
    }

    public void Dispose() => _sockets.ForEach(static socket => socket.Dispose());
}
