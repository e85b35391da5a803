// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Nftables.Tests;

public sealed class AcceptTableTests
{
    private readonly AcceptTable _table = new("a");

    private static HashSet<IpAddr> Of(params string[] addresses) => [.. addresses.Select(IpAddr.Parse)];

    [Fact]
    public void Create_AddressesOfBothFamilies_RefusesAllButNeighbourDiscovery()
    {
        string[] expected =
        [
            "add table inet a",
            "delete table inet a",
            "add table inet a",
            "add set inet a refused4 { type ipv4_addr ; }",
            "add set inet a refused6 { type ipv6_addr ; }",
            "add chain inet a input { type filter hook input priority -5 ; policy accept ; }",
            "add rule inet a input icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept",
            "add rule inet a input ip daddr @refused4 counter drop",
            "add rule inet a input ip6 daddr @refused6 counter drop",
            "add element inet a refused4 { 192.0.2.1, 192.0.2.2 }",
            "add element inet a refused6 { 2001:db8::1 }",
            "",
        ];
        Assert.Equal(expected, _table.Create([.. Of("192.0.2.1", "2001:db8::1", "192.0.2.2")], translates: false).Split('\n'));
    }

    [Fact]
    public void Create_HostThatForwards_LetsTranslatedConnectionsBy()
    {
        string[] lines = _table.Create([], translates: true).Split('\n');
        Assert.True(Array.IndexOf(lines, "add rule inet a input ct status dnat accept") is var accept and > 0 && accept < Array.FindIndex(lines, static l => l.EndsWith("drop", StringComparison.Ordinal)));
    }

    [Fact]
    public void Change_ManyAddresses_IsOneCommandEachWay()
    {
        HashSet<IpAddr> many = [.. Enumerable.Range(1, 255).Select(static i => IpAddr.Parse($"198.51.100.{i}"))];
        string[] lines = _table.Change(Of("192.0.2.1", "2001:db8::1"), false, many, false).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("add element inet a refused4 { 198.51.100.1, 198.51.100.2, ", lines[0], StringComparison.Ordinal);
        Assert.Equal(["delete element inet a refused4 { 192.0.2.1 }", "delete element inet a refused6 { 2001:db8::1 }"], lines[1..]);
    }

    [Fact]
    public void Change_NothingDiffers_IsNothing() => Assert.Empty(_table.Change(Of("192.0.2.1"), true, Of("192.0.2.1"), true));

    [Fact]
    public void Change_FirstVirtualServer_WritesTheRulesAnewAndNoElement()
    {
        string[] lines = _table.Change(Of("192.0.2.1"), false, Of("192.0.2.1"), true).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("flush chain inet a input", lines[0]);
        Assert.Equal("add rule inet a input ct status dnat accept", lines[1]);
        Assert.DoesNotContain(lines, static l => l.Contains("element", StringComparison.Ordinal));
    }
}
