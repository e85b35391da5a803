// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;
using LoadBalancer.Packets;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Routers;

/// <summary>
/// Finds the router at the other end of an interface that has no address but its link-local one, as BGP sessions without
/// configured addresses do: it asks (RFC 4861 6.3.7), listens to advertisements, and where wanted advertises itself, so that the
/// other end finds this one. It advertises no default route and no prefix: no host's configuration changes because of it.
/// </summary>
public sealed unsafe class RouterDiscovery : IDisposable
{
    private const int Icmpv6 = 58;
    private const int FilterOption = 1;
    private const int FilterOctets = 32;
    private const int RouterSolicitation = 133;
    private const int RouterAdvertisement = 134;
    private const int FullHopLimit = 255;
    private const int Ipv6Level = 41;
    private const int Ipv6UnicastHops = 16;
    private const int Ipv6MulticastIf = 17;
    private const int Ipv6MulticastHops = 18;
    private const int Ipv6MulticastLoop = 19;
    private const int Ipv6JoinGroup = 20;
    private const int Ipv6RecvHopLimit = 51;
    private const int Ipv6HopLimit = 52;
    private const int MaxMessage = 2048;
    private const int MaxControl = 128;
    private const int MostPerRound = 64;
    private const int MaxSolicitations = 3;
    private static readonly TimeSpan SolicitationInterval = TimeSpan.FromSeconds(4);

    // RFC 4861 6.2.6 lets a router answer solicitations with one advertisement per three seconds; ours have nothing new to say.
    private static readonly TimeSpan LeastAdvertisementGap = TimeSpan.FromSeconds(3);
    private static readonly IpAddr AllNodes = IpAddr.Parse("ff02::1");
    private static readonly IpAddr AllRouters = IpAddr.Parse("ff02::2");

    private readonly Reactor _reactor;
    private readonly FileDescriptor _socket;
    private readonly int _interfaceIndex;
    private readonly RouterDiscoveryOptions _options;
    private readonly Action<RouterNeighbor> _heard;
    private readonly byte[] _buffer = GC.AllocateArray<byte>(MaxMessage + SocketAddress.MaxLength + MaxControl, pinned: true);
    private int _asked;
    private MonoTime _askAt;
    private MonoTime _advertiseAt;
    private MonoTime _advertisedAt = new(long.MinValue / 2);

    /// <summary>Opens the socket and adds itself to the reactor; on its thread, or before it starts. Advertisements heard come on that thread.</summary>
    /// <exception cref="LinuxException">No CAP_NET_RAW, no such interface, or no IPv6 on it.</exception>
    public RouterDiscovery(Reactor reactor, int interfaceIndex, RouterDiscoveryOptions options, Action<RouterNeighbor> heard)
    {
        ArgumentNullException.ThrowIfNull(reactor);
        ArgumentNullException.ThrowIfNull(options);
        _reactor = reactor;
        _interfaceIndex = interfaceIndex;
        _options = options;
        _heard = heard;
        _advertiseAt = options.Advertise is null ? MonoTime.Never : Reactor.Now;
        _askAt = Reactor.Now;
        _socket = FileDescriptor.Own(
            Libc.Socket(Libc.AfInet6, Libc.SockRaw | Libc.SockNonBlock | Libc.SockCloexec, Icmpv6), "open a socket for router advertisements", Capability.NetRaw);
        try
        {
            Configure();
            reactor.Add(_socket, Drain);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Messages dropped because they had crossed a router, or are none that RFC 4861 6.1 lets pass.</summary>
    public long Refused { get; private set; }

    /// <summary>Sends what is due; returns when it wants to be called again at the latest.</summary>
    public MonoTime Tick(MonoTime now)
    {
        if (_askAt <= now)
        {
            Send(new RouterMessage(IsAdvertisement: false), AllRouters);
            _askAt = ++_asked < MaxSolicitations ? now + SolicitationInterval : MonoTime.Never;
        }

        if (_advertiseAt <= now)
        {
            Send(new RouterMessage(IsAdvertisement: true, LifetimeSeconds: 0, _options.Advertise), AllNodes);
            _advertisedAt = now;
            _advertiseAt = now + _options.Interval;
        }

        return MonoTime.Min(_askAt, _advertiseAt);
    }

    private void Drain()
    {
        fixed (byte* buffer = _buffer)
        {
            byte* name = buffer + MaxMessage;
            byte* control = name + SocketAddress.MaxLength;
            Libc.IoVector vector = new() { Base = buffer, Length = MaxMessage };
            for (int i = 0; i < MostPerRound; i++)
            {
                Libc.MessageHeader message = new()
                {
                    Name = name,
                    NameLength = SocketAddress.MaxLength,
                    Vectors = &vector,
                    VectorCount = 1,
                    Control = control,
                    ControlLength = MaxControl,
                };
                nint length = Libc.ReceiveMessage(_socket, &message, 0);
                if (length < 0)
                {
                    return;
                }

                ControlMessages said = new(new ReadOnlySpan<byte>(control, (int)message.ControlLength));
                if (HopLimitOf(said) != FullHopLimit
                    || !SocketAddress.TryRead(new ReadOnlySpan<byte>(name, (int)message.NameLength), out IpAddr from, out _, out _)
                    || !RouterMessage.TryRead(_buffer.AsSpan(0, (int)length), out RouterMessage router)
                    || (router.IsAdvertisement && !from.IsLinkLocal))
                {
                    Refused++;
                    continue;
                }

                Take(router, from, Reactor.Now);
            }
        }
    }

    private void Take(RouterMessage message, IpAddr from, MonoTime now)
    {
        if (message.IsAdvertisement)
        {
            // Someone answered: asking on would only make noise.
            _askAt = MonoTime.Never;
            _heard(new(_interfaceIndex, from, message.LinkLayerAddress, TimeSpan.FromSeconds(message.LifetimeSeconds), now));
        }
        else if (_advertiseAt != MonoTime.Never)
        {
            _advertiseAt = MonoTime.Min(_advertiseAt, _advertisedAt + LeastAdvertisementGap);
        }
    }

    private static int HopLimitOf(ControlMessages control)
    {
        while (control.TryTake(out int level, out int type, out ReadOnlySpan<byte> data))
        {
            if (level == Ipv6Level && type == Ipv6HopLimit && data.Length >= sizeof(int))
            {
                return MemoryMarshal.Read<int>(data);
            }
        }

        return -1;
    }

    private void Send(RouterMessage message, IpAddr group)
    {
        Span<byte> octets = stackalloc byte[RouterMessage.MaxLength];
        Span<byte> address = stackalloc byte[SocketAddress.MaxLength];
        int length = message.Write(octets);
        int addressLength = SocketAddress.Write(address, group, 0, 0);
        MemoryMarshal.Write(address[24..], _interfaceIndex);
        fixed (byte* packet = octets, destination = address)
        {
            // Not sent while the interface is down or its address is tentative: the next one will be.
            _ = Libc.SendTo(_socket, packet, (nuint)length, 0, destination, (uint)addressLength);
        }
    }

    private void Configure()
    {
        // struct icmp6_filter: a bit set refuses the type, in 32-bit words of host order.
        uint* filter = stackalloc uint[FilterOctets / sizeof(uint)];
        new Span<uint>(filter, FilterOctets / sizeof(uint)).Fill(uint.MaxValue);
        foreach (int type in (ReadOnlySpan<int>)[RouterSolicitation, RouterAdvertisement])
        {
            filter[type >> 5] &= ~(1u << (type & 31));
        }

        Set(Icmpv6, FilterOption, filter, FilterOctets);
        Set(Libc.SolSocket, Libc.SoBindToIfIndex, _interfaceIndex);
        Set(Ipv6Level, Ipv6RecvHopLimit, 1);
        Set(Ipv6Level, Ipv6UnicastHops, FullHopLimit);
        Set(Ipv6Level, Ipv6MulticastHops, FullHopLimit);
        Set(Ipv6Level, Ipv6MulticastLoop, 0);
        Set(Ipv6Level, Ipv6MulticastIf, _interfaceIndex);
        // struct ipv6_mreq: group, interface index. Solicitations go to all routers; all nodes is joined always.
        byte* request = stackalloc byte[20];
        AllRouters.Write(new Span<byte>(request, 16));
        *(int*)(request + 16) = _interfaceIndex;
        Set(Ipv6Level, Ipv6JoinGroup, request, 20);
    }

    private void Set(int level, int name, int value) => Set(level, name, &value, sizeof(int));

    private void Set(int level, int name, void* value, uint length)
    {
        if (Libc.SetSockOpt(_socket, level, name, value, length) != 0)
        {
            throw LinuxException.Last($"listen to router advertisements on interface {_interfaceIndex}", Capability.NetRaw);
        }
    }

    /// <summary>On the reactor's thread, or after it has ended.</summary>
    public void Dispose()
    {
        _reactor.Remove(_socket);
        _socket.Dispose();
    }
}
