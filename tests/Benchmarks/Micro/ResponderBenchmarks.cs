// SPDX-License-Identifier: Apache-2.0
using BenchmarkDotNet.Attributes;
using LoadBalancer.Layer2;
using LoadBalancer.Packets;
using LoadBalancer.Primitives;

namespace LoadBalancer.Benchmarks.Micro;

/// <summary>From a question's frame to the frame of the answer, with a thousand addresses announced.</summary>
[MemoryDiagnoser]
public class ResponderBenchmarks
{
    private static readonly MacAddr Client = MacAddr.Parse("02:00:00:00:00:0a");
    private readonly InterfaceFacts _link = new(2, "eth0", MacAddr.Parse("02:00:00:00:00:01"), IpAddr.Parse("fe80::1"));
    private readonly byte[] _arpQuestion = new byte[ArpPacket.FrameLength];
    private readonly byte[] _ndpQuestion = new byte[NdMessage.MaxFrameLength];
    private readonly byte[] _reply = new byte[NdpResponder.ReplyLength];
    private AnnouncementTable _table = AnnouncementTable.Empty;
    private int _ndpLength;

    [GlobalSetup]
    public void Setup()
    {
        var service = IpAddr.Parse("192.0.2.100");
        var service6 = IpAddr.Parse("2001:db8::100");
        var announced = Enumerable.Range(0, 1000).Select(n => IpAddr.Parse($"100.64.{n / 250}.{n % 250}")).Append(service).Append(service6);
        _table = AnnouncementTable.Create(announced.Select(a => new Announcement(a, InterfaceSet.Of(_link.Index))), [_link.Mac]);
        var arp = new ArpPacket(ArpOperation.Request, Client, IpAddr.Parse("192.0.2.10"), default, service);
        var ndp = new NdMessage
        {
            Type = NdType.NeighborSolicitation,
            Source = IpAddr.Parse("2001:db8::a"),
            Destination = service6.SolicitedNodeGroup,
            Target = service6,
            LinkLayerAddress = Client,
        };
        if (!arp.TryWriteFrame(_arpQuestion, MacAddr.Parse("ff:ff:ff:ff:ff:ff"), Client, out _)
            || !ndp.TryWriteFrame(_ndpQuestion, MacAddr.ForGroup(ndp.Destination), Client, out _ndpLength)
            || Arp() == 0 || Ndp() == 0)
            throw new InvalidOperationException("The questions are not answered.");
    }

    [Benchmark]
    public int Arp() => ArpResponder.Decide(_arpQuestion, _link, _table, _reply).ReplyLength;

    [Benchmark]
    public int Ndp() => NdpResponder.Decide(_ndpQuestion.AsSpan(0, _ndpLength), _link, _table, _reply).ReplyLength;
}
