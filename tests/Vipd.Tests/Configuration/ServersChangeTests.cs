// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Tests.Configuration;

public sealed class ServersChangeTests
{
    private static readonly VipInstance Web = new() { Name = "web", Interface = "eth0", RouterId = 51 };
    private static readonly VipConfiguration File = new() { Instances = [Web with { Name = "file" }], VirtualServers = [Server("of-the-file", 1)] };

    [Fact]
    public void Between_OneServerDiffers_ReplacesItInWhatIsInForce()
    {
        VipConfiguration before = Part(Server("a", 1), Server("b", 1));
        VipConfiguration inForce = ConfigurationJoin.Judge(File, before).InForce;
        VipConfiguration after = before with { VirtualServers = [before.VirtualServers[0], Server("b", 2)] };
        ServersChange change = ServersChange.Between(before, after, inForce)!;
        Assert.Equal(["b"], change.Names);
        Assert.Equal(ConfigurationJoin.Judge(File, after).InForce, change.Next);
        Assert.Same(after.VirtualServers[1], change.Next.VirtualServers[2]);
    }

    [Fact]
    public void Between_EqualButOtherObjects_TakesThemInSilence()
    {
        VipConfiguration before = Part(Server("a", 1)), after = Part(Server("a", 1));
        ServersChange change = ServersChange.Between(before, after, ConfigurationJoin.Judge(File, before).InForce)!;
        Assert.Empty(change.Names);
        Assert.Same(after.VirtualServers[0], change.Next.VirtualServers[1]);
    }

    [Fact]
    public void Between_AnythingElseDiffers_IsNotForTheShortWay()
    {
        VipConfiguration before = Part(Server("a", 1));
        VipConfiguration inForce = ConfigurationJoin.Judge(File, before).InForce;
        Assert.Null(ServersChange.Between(before, before with { Instances = [Web with { Priority = 7 }] }, inForce));
        Assert.Null(ServersChange.Between(before, Part(Server("a", 1), Server("b", 1)), inForce));
        Assert.Null(ServersChange.Between(before, Part(Server("a", 2) with { Quorum = 2 }), inForce));
        Assert.Null(ServersChange.Between(before, Part(Server("c", 1)), inForce));
        // The file has one of that name, which is in force.
        Assert.Null(ServersChange.Between(Part(Server("x", 1)), Part(Server("x", 2)), inForce));
    }

    private static VipConfiguration Part(params VirtualServer[] servers) => new() { Instances = [Web], VirtualServers = [.. servers] };

    private static VirtualServer Server(string name, int last) => new()
    {
        Name = name,
        Endpoints = [new(IpAddr.Parse("192.0.2.100"), IpAddr.Parse("192.0.2.100"), 80 + name[0] + name.Length)],
        Servers = [new() { Address = IpAddr.Parse($"203.0.113.{last}"), Port = 80 }],
    };
}
