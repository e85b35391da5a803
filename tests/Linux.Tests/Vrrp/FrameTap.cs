// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;

namespace LoadBalancer.Linux.Tests.Vrrp;

/// <summary>Every frame that arrives on an interface, by a packet socket of the runtime's own, not of the code under test.</summary>
internal sealed class FrameTap : IDisposable
{
    private const int EveryProtocol = 0x0300;
    private readonly Socket _socket;

    public FrameTap(TestNamespace place, string link)
    {
        int index = place.IndexOf(link);
        _socket = place.Within(() => new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)EveryProtocol) { ReceiveTimeout = 100 });
        _socket.Bind(new PacketEndPoint(index));
    }

    public byte[] Await(Func<byte[], bool> wanted)
    {
        byte[] buffer = new byte[2048];
        byte[]? found = null;
        Host.Until("the frame arrives", () =>
        {
            try
            {
                byte[] frame = buffer[.._socket.Receive(buffer)];
                found = frame.Length > 40 && wanted(frame) ? frame : null;
            }
            catch (SocketException)
            {
                // Nothing in time: again.
            }

            return found is not null;
        });
        return found!;
    }

    /// <summary>Puts a frame on the wire as it is.</summary>
    public void Send(byte[] frame) => Assert.Equal(frame.Length, _socket.Send(frame));

    public void Dispose() => _socket.Dispose();

    // struct sockaddr_ll: family, protocol in network order, interface index.
    private sealed class PacketEndPoint(int index) : System.Net.EndPoint
    {
        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override System.Net.SocketAddress Serialize()
        {
            System.Net.SocketAddress address = new(AddressFamily.Packet, 20);
            BitConverter.TryWriteBytes(address.Buffer.Span[2..], (ushort)EveryProtocol);
            BitConverter.TryWriteBytes(address.Buffer.Span[4..], index);
            return address;
        }
    }
}
