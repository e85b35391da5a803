// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Tests;

/// <summary>What of a configuration with mistakes may run.</summary>
public sealed class SoundPartTests
{
    private const string Bad = "  bad: {interface: eth0, virtualRouterId: 999, addresses: [192.0.2.101/24]}\n";

    [Fact]
    [Trait("Scenario", "CFG-11")]
    public void Instance_WithAnError_IsLeftOutAlone()
    {
        SoundPart part = Part("priority: 9", Bad);
        Assert.True(part.MayRun);
        Assert.Equal(["web"], part.Configuration.Instances.Select(static i => i.Name));
        Assert.Equal([new("instances.bad", "has errors")], part.LeftOut);
    }

    [Fact]
    [Trait("Scenario", "CFG-11")]
    public void SyncGroup_WithABadMember_TakesAllItsMembersWithIt()
    {
        SoundPart part = Part("priority: 9", Bad + "  good: {interface: eth1, virtualRouterId: 52, addresses: [192.0.2.102/24]}\nsyncGroups: {pair: {members: [bad, good]}}\n");
        Assert.True(part.MayRun);
        Assert.Equal(["web"], part.Configuration.Instances.Select(static i => i.Name));
        Assert.Empty(part.Configuration.SyncGroups);
        Assert.Equal(
            ["instances.bad has errors", "instances.good is in sync group pair, which is left out", "syncGroups.pair has the member bad, which is left out"],
            part.LeftOut.Select(static l => l.ToString()));
    }

    [Fact]
    [Trait("Scenario", "CFG-11")]
    public void TrackedObject_WithAnError_TakesWhoeverTracksItWithIt()
    {
        SoundPart part = Part("track: {services: [http]}", """
              other: {interface: eth0, virtualRouterId: 52, addresses: [192.0.2.101/24]}
              third: {interface: eth0, virtualRouterId: 53, addresses: [192.0.2.102/24]}
            syncGroups: {alone: {members: [third], track: {scripts: [ok]}}}
            scripts: {ok: {command: [/bin/true]}, wrong: {command: [relative]}}
            files: {f: {path: relative}}
            services: {http: {check: {kind: file, name: f}}}
            virtualServers:
              v: {endpoints: ["192.0.2.101:80"], servers: [{address: 192.0.2.10, checks: [{kind: file, name: f}]}]}
              w: {endpoints: ["192.0.2.101:81"], servers: [{address: 192.0.2.10}]}

            """);
        Assert.True(part.MayRun);
        Assert.Equal(["other", "third"], part.Configuration.Instances.Select(static i => i.Name));
        Assert.Equal("alone", Assert.Single(part.Configuration.SyncGroups).Name);
        Assert.Equal("w", Assert.Single(part.Configuration.VirtualServers).Name);
        Assert.Equal(
            ["files.f has errors", "instances.web depends on services.http, which is left out", "scripts.wrong has errors", "services.http depends on files.f, which is left out", "virtualServers.v depends on files.f, which is left out"],
            part.LeftOut.Select(static l => l.ToString()));
    }

    [Theory]
    [InlineData("nonsense: 1\n")]
    [InlineData("global: {multicastGroup4: 192.0.2.1}\n")]
    [InlineData("global: {nice: 99}\n")]
    [InlineData("staticAddresses: [192.0.2.5/24]\n")]
    [InlineData("notify: [{command: [relative]}]\n")]
    [InlineData("scripts: 5\n")]
    [InlineData("  two words: {}\n")]
    [InlineData("scripts: {a: {command: [/bin/true]\n")]
    public void Error_OfNoObject_RefusesTheFileWhole(string more) => Assert.False(Part("priority: 9", more).MayRun);

    [Fact]
    public void Version_ThatIsNotKnown_RefusesTheFileWhole() =>
        Assert.False(VipdYaml.Read("version: 2\ninstances: {web: {interface: eth0, virtualRouterId: 51, addresses: [192.0.2.100/24]}}\n", "vipd.yaml").Sound().MayRun);

    [Theory]
    [InlineData("priority: 999", "", false)]
    [InlineData("priority: 999", "virtualServers: {w: {endpoints: [\"192.0.2.101:81\"], servers: [{address: 192.0.2.10}]}}\n", false)]
    [InlineData("priority: 99", "", true)]
    [InlineData("priority: 99", "virtualServers: {w: {}}\n", true)]
    public void NoInstanceLeft_RefusesTheFileWhole(string lines, string more, bool mayRun) => Assert.Equal(mayRun, Part(lines, more).MayRun);

    [Fact]
    public void Name_WithADot_IsNotTakenForAnother()
    {
        SoundPart part = Part("priority: 9", "  web.bad: {interface: eth0, virtualRouterId: 999, addresses: [192.0.2.101/24]}\n");
        Assert.Equal(["web"], part.Configuration.Instances.Select(static i => i.Name));
        Assert.Equal("instances.web.bad", Assert.Single(part.LeftOut).Path);
    }

    [Fact]
    [Trait("Scenario", "CFG-11")]
    public void KeepalivedConf_ObjectsThatCannotBeRead_AreLeftOutAlone()
    {
        SoundPart part = Samples.Conf("""
            vrrp_instance web { interface eth0
             virtual_router_id 51
             virtual_ipaddress { 192.0.2.100/24 } }
            vrrp_instance twice { interface eth0
             virtual_router_id 52
             virtual_ipaddress { 192.0.2.101/24 } }
            vrrp_instance twice { interface eth0
             virtual_router_id 53
             virtual_ipaddress { 192.0.2.102/24 } }
            virtual_server fwmark 3 { real_server 192.0.2.10 80 { weight 1 } }
            virtual_server 192.0.2.100 99999 { real_server 192.0.2.10 80 { weight 1 } }
            virtual_server 192.0.2.100 80 { real_server 192.0.2.10 80 { weight 1 } }
            """).Sound();
        Assert.True(part.MayRun);
        Assert.Equal("web", Assert.Single(part.Configuration.Instances).Name);
        Assert.Equal("192.0.2.100-80", Assert.Single(part.Configuration.VirtualServers).Name);
        Assert.Equal(["instances.twice", "virtualServers.192.0.2.100-99999", "virtualServers.fwmark-3"], part.LeftOut.Select(static l => l.Path));
    }

    [Theory]
    [InlineData("vrrp_instance open { interface eth0\n virtual_router_id 52\n virtual_ipaddress { 192.0.2.101/24 }\n")]
    [InlineData("global_defs { nonsense }\n")]
    [InlineData("nonsense\n")]
    public void KeepalivedConf_ThatIsNotWhole_IsRefused(string more) => Assert.False(Samples.Conf("""
        vrrp_instance web { interface eth0
         virtual_router_id 51
         virtual_ipaddress { 192.0.2.100/24 } }

        """ + more).Sound().MayRun);

    private static SoundPart Part(string lines, string more) => Samples.YamlInstance(lines, more).Sound();
}
