// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using LoadBalancer.Bfd;
using LoadBalancer.Linux.Native;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Bfd;

/// <summary>
/// What one session sends with: a source port of its own from the range RFC 5881 4 asks for, TTL or hop limit 255, class
/// selector 6, and the interface where the session has one.
/// </summary>
internal sealed unsafe class BfdSender : IDisposable
{
    public const ushort FirstPort = 49152;
    public const ushort LastPort = 65535;

    private const int HopLimit = BfdParameters.FullHopLimit;
    private const int TrafficClass = 0xC0;
    private const int Priority = 6;
    private const int IpLevel = 0;
    private const int IpTos = 1;
    private const int IpTtl = 2;
    private const int Ipv6Level = 41;
    private const int Ipv6UnicastHops = 16;
    private const int Ipv6TrafficClass = 67;

    private readonly FileDescriptor _socket;
    private readonly byte[] _destination = GC.AllocateArray<byte>(SocketAddress.MaxLength, pinned: true);
    private readonly uint _destinationLength;

    private BfdSender(BfdPath path, ushort port)
    {
        Port = port;
        bool v4 = path.Remote.IsIPv4;
        _destinationLength = (uint)SocketAddress.Write(_destination, path.Remote, path.Port, path.Interface);
        int kind = Libc.SockDgram | Libc.SockNonBlock | Libc.SockCloexec;
        _socket = FileDescriptor.Own(Libc.Socket(v4 ? Libc.AfInet : Libc.AfInet6, kind, 0), "open a BFD socket");
        try
        {
            Set(v4 ? IpLevel : Ipv6Level, v4 ? IpTtl : Ipv6UnicastHops, HopLimit, "set the TTL of BFD packets");
            Set(v4 ? IpLevel : Ipv6Level, v4 ? IpTos : Ipv6TrafficClass, TrafficClass, "set the traffic class of BFD packets");
            Set(Libc.SolSocket, Libc.SoPriority, Priority, "raise the priority of BFD packets");
            // Nothing is read here: what a stranger sends to the port is dropped by the kernel once this little is full.
            Set(Libc.SolSocket, Libc.SoRcvBuf, 0, "keep the receive buffer small");
            if (path.Interface != 0 && path.Hops == BfdHops.SingleHop)
            {
                Set(Libc.SolSocket, Libc.SoBindToIfIndex, path.Interface, $"bind a BFD socket to interface {path.Interface}");
            }

            byte* source = stackalloc byte[SocketAddress.MaxLength];
            IpAddr local = path.Local ?? (v4 ? IpAddr.IPv4Any : IpAddr.IPv6Any);
            int length = SocketAddress.Write(new Span<byte>(source, SocketAddress.MaxLength), local, port, path.Interface);
            if (Libc.Bind(_socket, source, (uint)length) != 0)
            {
                throw LinuxException.Last($"bind a BFD socket to {local} port {port}");
            }
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Its source port.</summary>
    public ushort Port { get; }

    /// <summary>Why the last packet that was not taken was refused; 0 for none yet.</summary>
    public int LastError { get; private set; }

    /// <summary>Opens one on the first port from <paramref name="wanted"/> on that nobody has.</summary>
    /// <exception cref="LinuxException">No such interface, no such address of ours, or no port is free.</exception>
    public static BfdSender Open(BfdPath path, ushort wanted, IReadOnlySet<ushort> taken)
    {
        const int Tries = 1024;
        for (int i = 0; ; i++)
        {
            ushort port = (ushort)(FirstPort + ((wanted - FirstPort + i) % (LastPort - FirstPort + 1)));
            if (taken.Contains(port))
            {
                continue;
            }

            try
            {
                return new BfdSender(path, port);
            }
            catch (LinuxException fault) when (fault.Error == LinuxException.AddressInUse && i < Tries)
            {
                // The port of another program: the next one will do.
            }
        }
    }

    /// <summary>Sends a packet; false when there is no way to the peer now.</summary>
    public bool TrySend(ReadOnlySpan<byte> packet)
    {
        fixed (byte* octets = packet, destination = _destination)
        {
            if (Libc.SendTo(_socket, octets, (nuint)packet.Length, 0, destination, _destinationLength) == packet.Length)
            {
                return true;
            }
        }

        LastError = Marshal.GetLastPInvokeError();
        return false;
    }

    private void Set(int level, int name, int value, string doing)
    {
        if (Libc.SetSockOpt(_socket, level, name, &value, sizeof(int)) != 0)
        {
            throw LinuxException.Last(doing, Capability.NetRaw);
        }
    }

    public void Dispose() => _socket.Dispose();
}
