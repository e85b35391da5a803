// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using LoadBalancer.Primitives;

namespace LoadBalancer.Layer2.Tests;

public sealed class InterfaceSelectionTests
{
    private static readonly LinkFacts Plain = new()
    {
        Index = 2,
        Name = "eth0",
        Mac = Lan.Eth0.Mac,
        IsUp = true,
        IsRunning = true,
        IsBroadcast = true,
    };

    private readonly InterfaceSelection _selection =
        new(new Regex("^docker.*", RegexOptions.NonBacktracking), new Regex("veth", RegexOptions.NonBacktracking));

    [Fact]
    [Trait("Scenario", "E45")]
    public void Link_ThatCannotAnnounce_IsNamed()
    {
        Assert.Equal(InterfaceVerdict.Loopback, _selection.Judge(Plain with { IsLoopback = true }));
        Assert.Equal(InterfaceVerdict.Down, _selection.Judge(Plain with { IsUp = false }));
        Assert.Equal(InterfaceVerdict.NotRunning, _selection.Judge(Plain with { IsRunning = false }));
        Assert.Equal(InterfaceVerdict.NoBroadcast, _selection.Judge(Plain with { IsBroadcast = false }));
        Assert.Equal(InterfaceVerdict.NoArp, _selection.Judge(Plain with { IsNoArp = true }));
        Assert.Equal(InterfaceVerdict.HasMaster, _selection.Judge(Plain with { MasterIndex = 9 }));
        Assert.Equal(InterfaceVerdict.ExcludedByName, _selection.Judge(Plain with { Name = "docker0" }));
        Assert.Equal(InterfaceVerdict.ExcludedByName, _selection.Judge(Plain with { Name = "my-veth1" }));
        Assert.Equal(InterfaceVerdict.Eligible, _selection.Judge(Plain with { Name = "my-docker0" }));
        Assert.Equal(InterfaceVerdict.NoHardwareAddress, _selection.Judge(Plain with { Mac = default }));
    }

    [Fact]
    [Trait("Scenario", "E45")]
    public void Vlan_WithoutAddress_AnnouncesIPv4Only()
    {
        Assert.True(_selection.TrySelect(Plain with { Name = "eth0.7" }, out InterfaceFacts? facts));
        Assert.Equal(new InterfaceFacts(2, "eth0.7", Lan.Eth0.Mac, null), facts);
        Assert.True(facts.CanSpeakFor(Lan.Service));
        Assert.False(facts.CanSpeakFor(Lan.Service6));
        Assert.False(_selection.TrySelect(Plain with { IsUp = false }, out _));
    }

    [Fact]
    public void LinkLocalAddress_OnceNotTentative_IsTheSource()
    {
        InterfaceAddress tentative = new(IpAddr.Parse("fe80::1"), 64, IsTentative: true);
        Assert.True(_selection.TrySelect(Plain with { Addresses = [new(Lan.Client6, 64), tentative] }, out InterfaceFacts? facts));
        Assert.Null(facts.LinkLocal);
        Assert.True(_selection.TrySelect(Plain with { Addresses = [new(Lan.Client6, 64), tentative with { IsTentative = false }] }, out facts));
        Assert.Equal(tentative.Address, facts.LinkLocal);
    }

    [Fact]
    public void HasPrefixOf_ComparesWithEveryAddress()
    {
        LinkFacts link = Plain with { Addresses = [new(IpAddr.Parse("198.51.100.1"), 24), new(IpAddr.Parse("192.0.2.1"), 25)] };
        Assert.True(InterfaceSelection.HasPrefixOf(link, Lan.Service));
        Assert.False(InterfaceSelection.HasPrefixOf(link, IpAddr.Parse("192.0.2.200")));
        Assert.False(InterfaceSelection.HasPrefixOf(link, Lan.Service6));
        Assert.False(InterfaceSelection.HasPrefixOf(Plain, Lan.Service));
    }

    [Fact]
    public void Exclusion_ThatMayBacktrack_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new InterfaceSelection(new Regex("(a+)+b")));
}
