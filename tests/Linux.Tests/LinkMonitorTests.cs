// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tests;

public sealed class LinkMonitorTests : IDisposable
{
    private readonly Segment _segment = new();
    private readonly Loop _loop;
    private readonly LinkMonitor _monitor;
    private readonly List<ImmutableArray<LinkInfo>> _tables = [];

    public LinkMonitorTests()
    {
        _loop = new(_segment.A);
        _monitor = _segment.A.Within(() => new LinkMonitor(_loop.Reactor, _tables.Add));
        _loop.Await(() => _tables.Count > 0);
    }

    private LinkInfo? Find(string name) => _tables[^1].FirstOrDefault(l => l.Name == name);

    private LinkInfo Eth0 => Find("eth0")!;

    private void Await(Func<bool> holds) => _loop.Await(holds, () => string.Join('\n', _tables[^1]));

    private bool Has(string address, int prefixLength) =>
        Eth0.Addresses.Any(a => a.Address == IpAddr.Parse(address) && a.PrefixLength == prefixLength);

    [Fact]
    public void Start_PresentLinks_FirstTableHasAllOfThem()
    {
        LinkInfo[] first = [.. _loop.On(() => _tables[0])];

        Assert.Equal(["lo", "eth0"], first.Select(l => l.Name));
        Assert.True(first[0].IsLoopback);
        LinkInfo cable = first[1];
        Assert.Equal((Segment.MacA(), 1500, "veth", 0), (cable.Mac, cable.Mtu, cable.Kind, cable.MasterIndex));
        Assert.True(cable is { IsUp: true, IsBroadcast: true, IsNoArp: false, IsLoopback: false });
        Assert.Contains(cable.Addresses, a => a.Address == IpAddr.Parse("192.0.2.1") && a.PrefixLength == 28 && a.InterfaceIndex == cable.Index);
    }

    [Fact]
    public void Link_CarrierAndSwitch_AreToldApart()
    {
        Await(() => Eth0.IsRunning);
        _segment.B.Ip("link set eth0 down");
        Await(() => Eth0 is { IsUp: true, IsRunning: false });
        _segment.A.Ip("link set eth0 down");
        Await(() => Eth0 is { IsUp: false, IsRunning: false });
        _segment.A.Ip("link set eth0 up");
        _segment.B.Ip("link set eth0 up");
        Await(() => Eth0 is { IsUp: true, IsRunning: true });
    }

    [Fact]
    public void Link_RenamedReaddressedRemoved_EachIsTold()
    {
        int index = _loop.On(() => Eth0.Index);
        _segment.A.Ip("link set eth0 address 02:00:00:00:0d:00");
        Await(() => Eth0.Mac == MacAddr.Parse("02:00:00:00:0d:00"));
        _segment.A.Ip("link set eth0 mtu 1400");
        Await(() => Eth0.Mtu == 1400);
        _segment.A.Ip("link set eth0 down");
        _segment.A.Ip("link set eth0 name wan0");
        Await(() => Find("eth0") is null && Find("wan0")?.Index == index);
        _segment.A.Ip("link delete wan0");
        Await(() => Find("wan0") is null);
    }

    [Fact]
    public void Address_AddedAndRemoved_EachIsTold()
    {
        _segment.A.Ip("address add 198.51.100.1/24 dev eth0");
        _segment.A.Ip("address add 2001:db8::1/64 dev eth0 nodad");
        Await(() => Has("198.51.100.1", 24) && Has("2001:db8::1", 64));
        _segment.A.Ip("address delete 198.51.100.1/24 dev eth0");
        _segment.A.Ip("address delete 2001:db8::1/64 dev eth0");
        Await(() => !Has("198.51.100.1", 24) && !Has("2001:db8::1", 64));
    }

    // Linux holds one IPv4 address twice with different masks; one going leaves the other.
    [Fact]
    public void Address_SameWithTwoPrefixes_BothAreKnown()
    {
        _segment.A.Ip("address add 198.51.100.1/24 dev eth0");
        _segment.A.Ip("address add 198.51.100.1/32 dev eth0");
        Await(() => Has("198.51.100.1", 24) && Has("198.51.100.1", 32));
        _segment.A.Ip("address delete 198.51.100.1/32 dev eth0");
        Await(() => !Has("198.51.100.1", 32));
        Assert.True(_loop.On(() => Has("198.51.100.1", 24)));
    }

    // A port that joins or leaves a bridge is told twice, once by the bridge: RTM_DELLINK of family AF_BRIDGE is not the link's end.
    [Fact]
    public void Link_LeavesABridge_IsStillThere()
    {
        _segment.A.Ip("link add br0 type bridge");
        _segment.A.Ip("link set br0 up");
        Await(() => Find("br0") is { Kind: "bridge" });
        int bridge = _loop.On(() => Find("br0")!.Index);
        _segment.A.Ip("link set eth0 master br0");
        Await(() => Eth0.MasterIndex == bridge);
        Assert.Equal("veth", _loop.On(() => Eth0.Kind));
        _segment.A.Ip("link set eth0 nomaster");
        _segment.A.Ip("link add last0 type bridge");
        Await(() => Find("last0") is not null);

        Assert.True(_loop.On(() => Find("eth0") is { MasterIndex: 0, Kind: "veth" }), "the link was taken for removed");
    }

    [Fact]
    [Trait("Scenario", "FI-33")]
    public void Notices_DroppedInAFlood_EverythingIsReadAnew()
    {
        using ManualResetEventSlim go = new();
        Assert.True(_loop.Reactor.TryPost(() => go.Wait(TimeSpan.FromSeconds(60))));
        int index = _segment.A.IndexOf("eth0");
        _segment.A.Within(() =>
        {
            using InterfaceAddresses addresses = new();
            IpAddr first = IpAddr.Parse("100.64.0.0");
            for (uint i = 1; i <= 3000; i++)
            {
                Assert.True(first.TryAdd(i, out IpAddr one) && addresses.Add(index, one, 32));
                Assert.True(i == 3000 || addresses.Remove(index, one, 32));
            }

            return 0;
        });
        go.Set();

        Await(() => Eth0.Addresses.Count(a => a.PrefixLength == 32) == 1 && Has("100.64.11.184", 32));
        Assert.True(_loop.On(() => _monitor.Overruns) > 0, "nothing was dropped: the test shows nothing");
    }

    public void Dispose()
    {
        _loop.Dispose();
        _monitor.Dispose();
        _segment.Dispose();
    }
}
