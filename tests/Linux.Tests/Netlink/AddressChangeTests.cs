// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tests.Netlink;

public sealed class AddressChangeTests : IDisposable
{
    private const byte Tag = 112;
    private readonly Segment _segment = new();
    private readonly KernelNetwork _network;
    private readonly int _eth0;

    public AddressChangeTests()
    {
        _network = _segment.A.Within(static () => new KernelNetwork());
        _eth0 = _segment.A.IndexOf("eth0");
    }

    private HeldAddress Held(string text, int prefixLength) => new(_eth0, IpAddr.Parse(text), prefixLength);

    [Fact]
    public void Add_EveryAttribute_KernelHasThem()
    {
        HeldAddress ipv4 = Held("198.51.100.1", 24) with
        {
            Label = "eth0:vip",
            Scope = AddressScope.Link,
            Broadcast = IpAddr.Parse("198.51.100.255"),
            Options = AddressOptions.NoPrefixRoute,
            Tag = Tag,
        };
        HeldAddress ipv6 = Held("2001:db8::1", 128) with { IsNeverSource = true, Tag = Tag };

        Assert.All(_network.Add([ipv4, ipv6]), static o => Assert.Equal(ChangeStatus.Done, o.Status));

        string shown = _segment.A.Ip("address show dev eth0");
        Assert.Contains("inet 198.51.100.1/24 brd 198.51.100.255 scope link noprefixroute eth0:vip", shown, StringComparison.Ordinal);
        Assert.Contains("inet6 2001:db8::1/128 scope global", shown, StringComparison.Ordinal);
        Assert.Contains("nodad", shown, StringComparison.Ordinal);
        Assert.Contains("preferred_lft 0sec", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("198.51.100.0/24", _segment.A.Ip("route show"), StringComparison.Ordinal);
        AddressInfo read = Assert.Single(_network.ListAddresses(), static a => a.Address == IpAddr.Parse("198.51.100.1"));
        Assert.Equal(("eth0:vip", Tag, true, AddressScope.Link), (read.Label, read.Tag, read.HasNoPrefixRoute, read.Scope));
        Assert.True(_segment.A.Within(() => _network.KeepsAddressTags));
    }

    [Fact]
    [Trait("Scenario", "ARP-15")]
    [Trait("Scenario", "ARP-16")]
    public void Add_SingleHosts_AddsNoRouteAndIsNotTheSourceOfConnections()
    {
        string before = _segment.A.Ip("route show");

        Assert.All(_network.Add([Held("192.0.2.9", 32), Held("198.51.100.9", 32)]), static o => Assert.Equal(ChangeStatus.Done, o.Status));

        Assert.Equal(before, _segment.A.Ip("route show"));
        Assert.Contains("local 198.51.100.9 ", _segment.A.Ip("route show table local"), StringComparison.Ordinal);
        Assert.Contains(" src 192.0.2.1 ", _segment.A.Ip("route get 192.0.2.2"), StringComparison.Ordinal);
    }

    [Fact]
    public void Change_MadeTwice_SecondTimeIsAlreadySo()
    {
        HeldAddress[] addresses = [Held("198.51.100.1", 32), Held("2001:db8::1", 128)];

        Assert.All(_network.Add(addresses), static o => Assert.Equal(ChangeStatus.Done, o.Status));
        Assert.All(_network.Add(addresses), static o => Assert.Equal(ChangeStatus.AlreadySo, o.Status));
        Assert.All(_network.Remove(addresses), static o => Assert.Equal(ChangeStatus.Done, o.Status));
        Assert.All(_network.Remove(addresses), static o => Assert.Equal(ChangeStatus.AlreadySo, o.Status));
    }

    [Fact]
    public void Replace_Lifetime_Changes()
    {
        Assert.True(_network.Add([Held("2001:db8::1", 64)])[0].Holds);

        Assert.True(_network.Replace([Held("2001:db8::1", 64) with { IsNeverSource = true }])[0].Holds);

        Assert.Contains("deprecated", _segment.A.Ip("-6 address show dev eth0"), StringComparison.Ordinal);
    }

    [Fact]
    public void Batch_OneIsWrong_OthersAreMadeAndItSaysWhy()
    {
        ChangeOutcome[] outcomes = _network.Add([Held("198.51.100.1", 32), Held("198.51.100.2", 32) with { InterfaceIndex = 4711 }, Held("198.51.100.3", 32)]);

        Assert.Equal([ChangeStatus.Done, ChangeStatus.Failed, ChangeStatus.Done], outcomes.Select(static o => o.Status));
        Assert.Contains("cannot add 198.51.100.2/32 on interface 4711", outcomes[1].Fault!.Message, StringComparison.Ordinal);
        Assert.Contains("the interface is gone", outcomes[1].Fault!.Message, StringComparison.Ordinal);
        Assert.Throws<LinuxException>(() => outcomes[1].ThrowIfFailed());
    }

    [Fact]
    public void Add_IPv6IsOff_SaysWhichSettingToChange()
    {
        _segment.A.Within(static () =>
        {
            File.WriteAllText("/proc/sys/net/ipv6/conf/eth0/disable_ipv6", "1");
            return 0;
        });

        ChangeOutcome outcome = _network.Add([Held("2001:db8::1", 64)])[0];

        Assert.Contains("disable_ipv6", outcome.Fault?.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("CAP_", outcome.Fault?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sweep_Leftovers_GoAndOthersStay()
    {
        HeldAddress[] held = [Held("198.51.100.1", 32) with { Tag = Tag }, Held("2001:db8::1", 128) with { Tag = Tag }, Held("198.51.100.2", 32) with { Tag = Tag }];
        _network.Add([.. held, Held("198.51.100.3", 32)]);

        var swept = _network.SweepAddresses(Tag, static a => a.Address == IpAddr.Parse("198.51.100.2"));

        Assert.Equal(["198.51.100.1", "2001:db8::1"], swept.Select(static a => a.Address.ToString()).Order());
        string shown = _segment.A.Ip("address show dev eth0");
        Assert.DoesNotContain("198.51.100.1/", shown, StringComparison.Ordinal);
        Assert.Contains("198.51.100.2/", shown, StringComparison.Ordinal);
        Assert.Contains("198.51.100.3/", shown, StringComparison.Ordinal);
        Assert.Contains("192.0.2.1/", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("203.0.113.{0}", 32)]
    [InlineData("2001:db8:1::{0}", 128)]
    public void Add_TwoHundredAndFiftyFive_AllAreThereAndGo(string format, int prefixLength)
    {
        HeldAddress[] many = [.. Enumerable.Range(0, 255).Select(i => Held(string.Format(CultureInfo.InvariantCulture, format, i), prefixLength) with { Tag = Tag })];
        ChangeOutcome[][] outcomes = new ChangeOutcome[2][];

        long began = Stopwatch.GetTimestamp();
        outcomes[0] = _network.Add(many);
        TimeSpan adding = Stopwatch.GetElapsedTime(began);
        Assert.Equal(255, _network.ListAddresses().Count(static a => a.Tag == Tag));
        began = Stopwatch.GetTimestamp();
        outcomes[1] = _network.Remove(many);
        TimeSpan removing = Stopwatch.GetElapsedTime(began);

        TestContext.Current.TestOutputHelper?.WriteLine($"255 of /{prefixLength}: added in {adding.TotalMilliseconds:F2} ms, removed in {removing.TotalMilliseconds:F2} ms");
        Assert.All(outcomes, static o => Assert.All(o, static one => Assert.Equal(ChangeStatus.Done, one.Status)));
        Assert.DoesNotContain(_network.ListAddresses(), static a => a.Tag == Tag);
    }

    [Fact]
    public void Label_TooLong_IsRefused() =>
        Assert.Contains("15 octets", Assert.Throws<ArgumentException>(() => Held("198.51.100.1", 32) with { Label = "sixteen-octets-x" }).Message, StringComparison.Ordinal);

    public void Dispose()
    {
        _network.Dispose();
        _segment.Dispose();
    }
}
