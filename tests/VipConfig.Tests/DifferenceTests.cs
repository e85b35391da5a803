// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.VipConfig.Tests;

public sealed class DifferenceTests
{
    private static readonly VipInstance Web = new()
    {
        Name = "web",
        Interface = "eth0",
        RouterId = 51,
        Addresses = [new() { Address = new(IpAddr.Parse("192.0.2.100"), 24) }],
    };

    [Fact]
    public void Nothing_Changed_IsNothingToDo() => Assert.Empty(ConfigurationDifference.Between(Of(Web), Of(Web with { })));

    public static TheoryData<string, string, ChangeKind> Changes => new()
    {
        { "priority: 7", "priority", ChangeKind.ChangedInPlace },
        { "advertInterval: 2s", "advertInterval", ChangeKind.ChangedInPlace },
        { "excludedAddresses: [192.0.2.101/24]", "excludedAddresses", ChangeKind.ChangedInPlace },
        { "announce: {repeat: 7}", "announce.repeat", ChangeKind.ChangedInPlace },
        { "track: {interfaces: [eth1]}", "track.interfaces", ChangeKind.ChangedInPlace },
        { "family: ipv4", "family", ChangeKind.ChangedInPlace },
        { "vrrpVersion: 2", "vrrpVersion", ChangeKind.Restarted },
        { "virtualMac: {}", "virtualMac", ChangeKind.Restarted },
        { "sourceAddress: 192.0.2.1", "sourceAddress", ChangeKind.Restarted },
        { "unicast: {peers: [192.0.2.2]}", "unicast", ChangeKind.Restarted },
        { "unicast: {ttl: 9}", "unicast", ChangeKind.ChangedInPlace },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Instance_FieldChanged_SaysWhetherItRestarts(string line, string field, ChangeKind kind)
    {
        VipConfiguration before = Samples.YamlInstance("deadAfter: 3").Configuration, after = Samples.YamlInstance(line).Configuration;
        ObjectChange change = Assert.Single(ConfigurationDifference.Between(before, after));
        Assert.Equal(new ObjectChange(ConfigurationPart.Instances, "web", kind, [field]), change);
    }

    [Fact]
    [Trait("Scenario", "K8-14")]
    public void Peers_Added_AreAppliedInPlace()
    {
        VipInstance one = Web with { Unicast = new() { Peers = [new() { Address = IpAddr.Parse("192.0.2.2") }] } };
        VipInstance two = Web with { Unicast = new() { Peers = one.Unicast.Peers.With(new() { Address = IpAddr.Parse("192.0.2.3") }) } };
        ObjectChange change = Assert.Single(ConfigurationDifference.Between(Of(one), Of(two)));
        Assert.Equal((ChangeKind.ChangedInPlace, "unicast.peers"), (change.Kind, change.Fields[0]));
    }

    [Fact]
    public void Objects_ComeAndGo_AreNamedAndOthersNot()
    {
        VipConfiguration before = Of(Web, Web with { Name = "old", RouterId = 2 }) with { Scripts = [new() { Name = "s" }], StaticRoutes = [new()] };
        VipConfiguration after = Of(Web with { Name = "new", RouterId = 3 }, Web) with { Scripts = [new() { Name = "s", Rise = 2 }], Global = new() { LockMemory = true, NodeName = "n" } };
        Assert.Equal(
            [
                "global starts anew for nodeName, lockMemory", "instances.old is gone", "instances.new is new", "scripts.s changes in rise", "staticRoutes changes in ",
            ],
            ConfigurationDifference.Between(before, after).Select(change => change.ToString()));
    }

    [Fact]
    public void Family_Changed_Restarts()
    {
        VipInstance six = Web with { Addresses = [new() { Address = new(IpAddr.Parse("2001:db8::1"), 64) }] };
        Assert.Equal(ChangeKind.Restarted, Assert.Single(ConfigurationDifference.Between(Of(Web), Of(six))).Kind);
    }

    private static VipConfiguration Of(params VipInstance[] instances) => new() { Instances = [.. instances] };
}
