// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net.NetworkInformation;
using LoadBalancer.Layer2;
using LoadBalancer.Linux;
using LoadBalancer.Packets;
using LoadBalancer.Primitives;
using LoadBalancer.Vipd.Holding;
using LoadBalancer.Vipd.Tests.Health;
using LoadBalancer.Vipd.Tests.Hooks;
using LoadBalancer.Vipd.Tests.Tracking;

namespace LoadBalancer.Vipd.Tests.Holding;

/// <summary>An announcer on one end of a cable, and on the other a host that claims its addresses.</summary>
public sealed class AnnouncerTests : IDisposable
{
    private static readonly IpAddr Vip = IpAddr.Parse("192.0.2.100");
    private static readonly IpAddr Vip6 = IpAddr.Parse("2001:db8::100");

    private readonly TrackSegment _segment = new();
    private readonly ConcurrentQueue<IpAddr> _seen = [];
    private readonly KeptLog _log = new();
    private readonly Reactor _here = new(64);
    private readonly Reactor _there = new(64);
    private readonly Announcer _announcer;
    private readonly InterfaceFacts _ours;
    private readonly InterfaceFacts _theirs;
    private readonly Vipd.Holding.Holding _holding = new(new() { Name = "web" }) { IsHeld = true };
    private PacketSocket? _arp;
    private PacketSocket? _neighbors;

    public AnnouncerTests()
    {
        _announcer = new(_here, _log);
        _ours = TrackSegment.Within(_segment.Here, () =>
        {
            _here.Start("announcing", _announcer.Send, realTime: false);
            return Facts("fe80::1");
        });
        _theirs = TrackSegment.Within(_segment.There, () =>
        {
            InterfaceFacts facts = Facts("fe80::2");
            _arp = new(_there, facts.Index, PacketFilter.Arp(facts.Mac), TakeArp);
            _neighbors = new(_there, facts.Index, PacketFilter.NeighborDiscovery(facts.Mac), TakeNeighbor);
            _there.Start("claiming", static _ => MonoTime.Never, realTime: false);
            return facts;
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Scenario", "ARP-13")]
    [Trait("Scenario", "ND-03")]
    [Trait("Scenario", "MIG-05")]
    public async Task Address_ClaimedByAnotherHost_IsToldAndSaidToBeHereOnceMore(bool isIPv6)
    {
        IpAddr vip = isIPv6 ? Vip6 : Vip;
        int round = isIPv6 ? 1 : 2;
        Assert.True(_here.TryPost(() => _announcer.Announce(_holding, [(vip, _ours)], 1, refresh: false)));
        await Eventually.Holds(() => _seen.Count == round, static () => "it did not come to be that the address is announced");

        byte[] frame = new byte[GratuitousFrame.MaxLength];
        Assert.True(GratuitousFrame.Defence(vip, _theirs).TryWrite(frame, out int length));
        for (int claim = 1; claim <= 3; claim++)
        {
            Assert.True((isIPv6 ? _neighbors! : _arp!).TrySend(frame.AsSpan(0, length)));
            int heard = claim;
            await Eventually.Holds(() => _announcer.Conflicts == heard, static () => "it did not come to be that the claim is heard");
        }

        Assert.Equal(round, _seen.Count);
        await Eventually.Holds(() => _seen.Count == round + 1, static () => "it did not come to be that the address is said to be here");
        Assert.All(_seen, said => Assert.Equal(vip, said));
        Assert.StartsWith($"{vip} is claimed by {_theirs.Mac} on eth0", Assert.Single(_log.Entries).Text, StringComparison.Ordinal);
    }

    private static InterfaceFacts Facts(string linkLocal)
    {
        NetworkInterface link = NetworkInterface.GetAllNetworkInterfaces().Single(static l => l.Name == "eth0");
        _ = MacAddr.TryRead(link.GetPhysicalAddress().GetAddressBytes(), out MacAddr mac);
        return new(link.GetIPProperties().GetIPv4Properties().Index, "eth0", mac, IpAddr.Parse(linkLocal));
    }

    private void TakeArp(ReadOnlySpan<byte> frame)
    {
        if (ArpPacket.TryRead(frame[EthernetHeader.Length..], out ArpPacket packet, out _) && packet.SenderMac == _ours.Mac)
            _seen.Enqueue(packet.SenderAddress);
    }

    private void TakeNeighbor(ReadOnlySpan<byte> frame)
    {
        if (NdMessage.TryRead(frame[EthernetHeader.Length..], out NdMessage message, out _) && message.Type == NdType.NeighborAdvertisement && message.LinkLayerAddress == _ours.Mac)
            _seen.Enqueue(message.Target);
    }

    public void Dispose()
    {
        _here.StopAndWait();
        _there.StopAndWait();
        _announcer.Dispose();
        _arp?.Dispose();
        _neighbors?.Dispose();
        _here.Dispose();
        _there.Dispose();
        _segment.Dispose();
    }
}
