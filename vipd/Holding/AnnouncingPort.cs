// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Layer2;
using LoadBalancer.Linux;
using LoadBalancer.Packets;
using LoadBalancer.Primitives;

namespace LoadBalancer.Vipd.Holding;

/// <summary>The sockets of one interface for announcements, and what waits for them.</summary>
internal sealed class AnnouncingPort : IDisposable
{
    private const int MostTold = 256;
    private static readonly TimeSpan ToldFor = TimeSpan.FromSeconds(30);

    private readonly HashSet<IpAddr> _held = [];
    private readonly Dictionary<(IpAddr, MacAddr), MonoTime> _told = [];
    private readonly Action<AnnouncingPort, IpAddr, MacAddr> _conflict;
    private readonly PacketSocket _arp;
    private readonly PacketSocket _neighbors;

    public AnnouncingPort(Reactor reactor, InterfaceFacts link, Action<AnnouncingPort, IpAddr, MacAddr> conflict)
    {
        Name = link.Name;
        Mac = link.Mac;
        Link = link;
        _conflict = conflict;
        _arp = new PacketSocket(reactor, link.Index, PacketFilter.Arp(link.Mac), TakeArp);
        try
        {
            _neighbors = new PacketSocket(reactor, link.Index, PacketFilter.NeighborDiscovery(link.Mac), TakeNeighbor);
        }
        catch
        {
            _arp.Dispose();
            throw;
        }
    }

    public string Name { get; }

    public MacAddr Mac { get; }

    /// <summary>The interface as it was when something was last announced.</summary>
    public InterfaceFacts Link { get; set; }

    public MonoTime NextAt { get; set; }

    /// <summary>Addresses others claim, and when that is answered.</summary>
    public Defences Defences { get; } = new();

    public WaitingFrames Waiting { get; } = new();

    public bool TrySend(ReadOnlySpan<byte> frame, bool isArp) => (isArp ? _arp : _neighbors).TrySend(frame);

    public void Hold(IpAddr address, bool held)
    {
        if (held)
        {
            _held.Add(address);
        }
        else
        {
            _held.Remove(address);
            Defences.Forget(address);
        }
    }

    /// <summary>Whether a claim is news: told once in a while for each claimant.</summary>
    public bool ShouldTell(IpAddr address, MacAddr claimant, MonoTime now)
    {
        if (_told.TryGetValue((address, claimant), out MonoTime told) && now - told < ToldFor)
        {
            return false;
        }

        if (_told.Count >= MostTold)
        {
            _told.Clear();
        }

        _told[(address, claimant)] = now;
        return true;
    }

    // Any ARP names its sender's address: whoever sends from ours claims it (RFC 5227 2.4).
    private void TakeArp(ReadOnlySpan<byte> frame)
    {
        if (frame.Length > EthernetHeader.Length
            && ArpPacket.TryRead(frame[EthernetHeader.Length..], out ArpPacket packet, out _)
            && packet.SenderMac != Mac
            && _held.Contains(packet.SenderAddress))
        {
            _conflict(this, packet.SenderAddress, packet.SenderMac);
        }
    }

    private void TakeNeighbor(ReadOnlySpan<byte> frame)
    {
        if (frame.Length > EthernetHeader.Length
            && NdMessage.TryRead(frame[EthernetHeader.Length..], out NdMessage message, out _)
            && message.Type == NdType.NeighborAdvertisement
            && message.LinkLayerAddress is { } claimant
            && claimant != Mac
            && _held.Contains(message.Target))
        {
            _conflict(this, message.Target, claimant);
        }
    }

    public void Dispose()
    {
        while (Waiting.TryTake(out WaitingFrame waiting))
        {
            waiting.Holding.FramesWaiting--;
        }

        _arp.Dispose();
        _neighbors.Dispose();
    }
}
