// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Layer2;
using LoadBalancer.Linux;
using LoadBalancer.Primitives;

namespace LoadBalancer.Speaker.Layer2;

/// <summary>The sockets of one interface that may announce. What cannot be opened yet is tried again by <see cref="Open"/>.</summary>
internal sealed class AnnouncingInterface(InterfaceFacts facts, Layer2Plane plane) : IDisposable
{
    private PacketSocket? _arp;
    private PacketSocket? _neighborDiscovery;
    private HeartbeatSocket? _heartbeat4;
    private HeartbeatSocket? _heartbeat6;

    public InterfaceFacts Facts { get; private set; } = facts;

    /// <summary>The prefixes on the interface, by which others know what this node can serve here.</summary>
    public IReadOnlyList<IpPrefix> Prefixes { get; set; } = [];

    /// <summary>Whom heartbeats are sent to by unicast too; all of them are on this link.</summary>
    public IReadOnlyList<IpAddr> Peers { get; set; } = [];

    /// <summary>Takes over changed facts; a new hardware address needs new filters.</summary>
    public void Update(InterfaceFacts facts)
    {
        if (facts.Mac != Facts.Mac)
        {
            _arp?.Attach(PacketFilter.Arp(facts.Mac));
            _neighborDiscovery?.Attach(PacketFilter.NeighborDiscovery(facts.Mac));
        }

        Facts = facts;
    }

    /// <summary>Opens what is not open; returns why not all of it could be, or null.</summary>
    public LinuxException? Open()
    {
        LinuxException? fault = null;
        TryOpen(ref _arp, () => new(plane.Reactor, Facts.Index, PacketFilter.Arp(Facts.Mac), frame => plane.TakeArp(this, frame)), ref fault);
        TryOpen(ref _neighborDiscovery, () => new(plane.Reactor, Facts.Index, PacketFilter.NeighborDiscovery(Facts.Mac), frame => plane.TakeNeighborDiscovery(this, frame)), ref fault);
        // Both families where both are there: a segment that filters one of them, or a node without it, is still heard.
        TryOpen(ref _heartbeat4, () => Heartbeat(IpFamily.IPv4), ref fault);
        if (Facts.LinkLocal is not null)
        {
            TryOpen(ref _heartbeat6, () => Heartbeat(IpFamily.IPv6), ref fault);
        }

        return fault;
    }

    public void SendHeartbeat(ReadOnlySpan<byte> datagram)
    {
        _heartbeat6?.TrySend(datagram);
        _heartbeat4?.TrySend(datagram);
        foreach (IpAddr peer in Peers)
        {
            (peer.IsIPv4 ? _heartbeat4 : _heartbeat6)?.TrySend(datagram, peer);
        }
    }

    public bool Send(IpFamily family, ReadOnlySpan<byte> frame) =>
        (family == IpFamily.IPv4 ? _arp : _neighborDiscovery)?.TrySend(frame) ?? false;

    private HeartbeatSocket Heartbeat(IpFamily family) =>
        new(plane.Reactor, family, Facts.Index, Facts.Name, plane.HeartbeatPort, (datagram, _) => plane.TakeHeartbeat(this, datagram));

    private static void TryOpen<T>(ref T? socket, Func<T> open, ref LinuxException? fault)
        where T : class
    {
        try
        {
            socket ??= open();
        }
        catch (LinuxException refused)
        {
            fault = refused;
        }
    }

    public void Dispose()
    {
        _arp?.Dispose();
        _neighborDiscovery?.Dispose();
        _heartbeat4?.Dispose();
        _heartbeat6?.Dispose();
    }
}
