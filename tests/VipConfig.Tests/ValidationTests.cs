// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Tests;

public sealed class ValidationTests
{
    private static string Second(string id, string address) => $"  other:\n    interface: eth0\n    virtualRouterId: {id}\n    addresses: [{address}]\n";

    [Theory]
    [InlineData("vrrpVersion: 2\nadvertInterval: 500ms", ProblemKind.Error, "instances.web.advertInterval is 500ms, and version 2 counts whole seconds from 1 to 255")]
    [InlineData("advertInterval: 41s", ProblemKind.Error, "is 41s, and version 3 counts steps of 10ms from 10ms to 40.95s")]
    [InlineData("advertInterval: 15ms", ProblemKind.Error, "is 15ms, and version 3 counts steps of 10ms")]
    [InlineData("advertInterval: 0s", ProblemKind.Error, "is 0s, and version 3 counts steps of 10ms")]
    [InlineData("authentication: {password: x}", ProblemKind.Error, "authentication is set, and version 3 has none")]
    [InlineData("vrrpVersion: 2\nauthentication: {}", ProblemKind.Error, "authentication.password is missing")]
    [InlineData("priority: 255\npreempt: false", ProblemKind.Error, "the address owner (priority 255) always preempts")]
    [InlineData("priority: 255\ntrack: {interfaces: [{name: eth1, weight: 5}]}", ProblemKind.Error, "the priority of the address owner (255) cannot change")]
    [InlineData("track: {interfaces: [{name: eth1, weight: 254}]}", ProblemKind.Error, "weight is 254: use -253 to 253")]
    [InlineData("track: {interfaces: [eth1, eth1]}", ProblemKind.Error, "is \"eth1\", which is there twice")]
    [InlineData("track: {interfaces: [\"eth 1\"]}", ProblemKind.Error, "which is no interface name")]
    [InlineData("startAsMaster: true\npreempt: false", ProblemKind.Warning, "the node waits for others all the same")]
    [InlineData("preempt: false\npreemptDelay: 5s", ProblemKind.Warning, "preemptDelay is without effect")]
    [InlineData("preemptDelay: 20m", ProblemKind.Error, "preemptDelay is 20m: use at most 1000s")]
    [InlineData("multicastGroup: 192.0.2.1", ProblemKind.Error, "is 192.0.2.1, which is no group")]
    [InlineData("multicastGroup: ff02::5", ProblemKind.Error, "is ff02::5, and IPv4 is needed here")]
    [InlineData("sourceAddress: 2001:db8::1", ProblemKind.Error, "is 2001:db8::1, and IPv4 is needed here")]
    [InlineData("family: ipv6", ProblemKind.Error, "addresses[0] is 192.0.2.100/24, of the other family than the instance")]
    [InlineData("family: ipv6\nvrrpVersion: 2", ProblemKind.Error, "vrrpVersion is 2, which knows IPv4 only")]
    [InlineData("unicast: {peers: [192.0.2.2, 192.0.2.2]}", ProblemKind.Error, "is 192.0.2.2, which is there twice")]
    [InlineData("unicast: {peers: [192.0.2.2]}\nsourceAddress: 192.0.2.2", ProblemKind.Error, "this node's own sourceAddress")]
    [InlineData("unicast: {peers: [{address: 192.0.2.2, minTtl: 9, maxTtl: 8}]}", ProblemKind.Error, "minTtl is 9 and above maxTtl 8")]
    [InlineData("unicast: {peers: [192.0.2.2]}\nvirtualMac: {}", ProblemKind.Error, "virtualMac.advertiseFromBase is false")]
    [InlineData("unicast: {}", ProblemKind.Warning, "unicast.peers is empty, so advertisements are multicast")]
    [InlineData("virtualMac: {address: \"01:00:5e:00:00:01\"}", ProblemKind.Error, "which no interface can have")]
    [InlineData("excludedAddresses: [192.0.2.100/32]", ProblemKind.Error, "is 192.0.2.100, which the instance has twice")]
    [InlineData("excludedAddresses: [192.0.2.255/24]", ProblemKind.Error, "the network or broadcast address of its own network")]
    [InlineData("excludedAddresses: [127.0.0.1/8]", ProblemKind.Error, "is 127.0.0.1, which every host has")]
    [InlineData("excludedAddresses: [{address: 192.0.2.7, label: \"eth0:much-too-long\"}]", ProblemKind.Error, "the kernel keeps at most 15 characters")]
    [InlineData("excludedAddresses: [{address: 192.0.2.7, scope: universe}]", ProblemKind.Error, "scope is \"universe\"")]
    [InlineData("excludedAddresses: [{device: eth0}]", ProblemKind.Error, "excludedAddresses[0].address is missing")]
    [InlineData("routes: [{via: 192.0.2.1}]", ProblemKind.Error, "routes[0].destination is missing")]
    [InlineData("routes: [{destination: 203.0.113.0/24, kind: blackhole, via: 192.0.2.1}]", ProblemKind.Error, "contradicts the kind of the route")]
    [InlineData("rules: [{priority: 1, from: 192.0.2.0/24, to: 2001:db8::/32, table: main}]", ProblemKind.Error, "rules[0].to is 2001:db8::")]
    [InlineData("rules: [{from: 192.0.2.0/24, action: goto}]", ProblemKind.Error, "goto goes with the action goto")]
    [InlineData("notify: [{command: [/bin/a], webhook: \"http://192.0.2.1/\"}]", ProblemKind.Error, "and webhook are both given")]
    [InlineData("notify: [{webhook: \"ftp://192.0.2.1/\"}]", ProblemKind.Error, "is no URL that can be called")]
    [InlineData("notify: [{}]", ProblemKind.Error, "notify[0].command is missing")]
    [InlineData("ownerIgnoresAdverts: true", ProblemKind.Warning, "only the address owner (255) may ignore others")]
    [Trait("Scenario", "STM-35")]
    [Trait("Scenario", "STM-37")]
    public void Instance_ThatCannotBe_IsNamedWithRemedy(string lines, ProblemKind kind, string says)
    {
        ConfigurationReading reading = Samples.YamlInstance(lines);
        ConfigProblem problem = Assert.Single(reading.Problems, problem => problem.Message.Contains(says, StringComparison.Ordinal));
        Assert.Equal(kind, problem.Kind);
        Assert.StartsWith("instances.web", problem.Path, StringComparison.Ordinal);
        Assert.InRange(problem.Position.Line, 3, 9);
    }

    [Theory]
    [InlineData("51", "192.0.2.101/24", "instances.other.virtualRouterId is 51, which instance web has on the same interface and family")]
    [InlineData("52", "192.0.2.100/32", "instances.other.addresses[0] is 192.0.2.100, which instance web holds, too")]
    public void Instances_ThatClash_AreNamed(string id, string address, string says)
    {
        ConfigurationReading reading = Samples.YamlInstance("priority: 9", Second(id, address));
        Assert.StartsWith(says, Assert.Single(reading.Problems).Message, StringComparison.Ordinal);
        Assert.Equal(["web"], reading.InForce.Instances.Select(instance => instance.Name));
    }

    [Theory]
    [InlineData("51", "2001:db8::1/64", "eth0")]
    [InlineData("52", "192.0.2.101/24", "eth0")]
    [InlineData("51", "192.0.2.101/24", "eth1")]
    [Trait("Scenario", "CFG-03")]
    public void Instances_OfOtherFamilyNumberOrInterface_DoNotClash(string id, string address, string link) =>
        Assert.True(Samples.YamlInstance("priority: 9", Second(id, address).Replace("eth0", link, StringComparison.Ordinal)).IsValid);

    [Theory]
    [InlineData("192.0.2.2", "192.0.2.3", true)]
    [InlineData("192.0.2.2", "192.0.2.2", false)]
    public void Instances_UnicastWithOneNumber_ClashWhenTheyShareAPeer(string one, string other, bool valid)
    {
        ConfigurationReading reading = Samples.YamlInstance($"unicast: {{peers: [{one}]}}", $"  b:\n    interface: eth0\n    virtualRouterId: 51\n    addresses: [192.0.2.9]\n    unicast: {{peers: [{other}]}}\n");
        Assert.Equal(valid, reading.IsValid);
    }

    [Theory]
    [InlineData("syncGroups: {g: {}}", "syncGroups.g.members is empty")]
    [InlineData("syncGroups: {g: {members: [web, webb]}}", "is \"webb\", and there is no such instance, did you mean web")]
    [InlineData("syncGroups: {g: {members: [web]}, h: {members: [web]}}", "is \"web\", which is in sync group g already")]
    [InlineData("scripts: {s: {command: [x]}}", "scripts.s.command begins with \"x\": give the program's whole path")]
    [InlineData("scripts: {s: {command: [/x], interval: 0s}}", "scripts.s.interval is zero")]
    [InlineData("processes: {p: {}}", "processes.p.command is missing")]
    [InlineData("processes: {p: {command: [a], quorum: 3, quorumMax: 2}}", "is 2 and below quorum 3")]
    [InlineData("files: {f: {path: x}}", "files.f.path is \"x\": give the whole path")]
    [InlineData("routes: {r: {}}", "routes.r.destination is missing")]
    [InlineData("services: {s: {}}", "services.s.check.connectPort is missing")]
    [InlineData("services: {s: {check: {kind: script}}}", "services.s.check.command is missing")]
    [InlineData("bfdPeers: {b: {}}", "bfdPeers.b.neighbor is missing")]
    [InlineData("bfdPeers: {b: {neighbor: 192.0.2.1, source: \"2001:db8::1\"}}", "is 2001:db8::1, and IPv4 is needed here")]
    [InlineData("virtualServers: {v: {}}", "virtualServers.v.endpoints is empty")]
    [InlineData("virtualServers: {v: {endpoints: [\"192.0.2.1:80\"]}, w: {endpoints: [\"192.0.2.1:80\"]}}", "is 192.0.2.1:80, which virtual server v has, too")]
    [InlineData("virtualServers: {v: {endpoints: [\"192.0.2.1:80\"], servers: [{address: \"2001:db8::1\"}]}}", "only the method tunnel crosses families")]
    [InlineData("virtualServers: {v: {endpoints: [\"192.0.2.1:80\"], servers: [{address: 192.0.2.2}, {address: 192.0.2.2}]}}", "is 192.0.2.2 port 0, which is there twice")]
    [InlineData("virtualServers: {v: {endpoints: [\"192.0.2.1:80\"], servers: [{address: 192.0.2.2, checks: [{kind: http, requests: [{bodyMatches: \"(\"}]}]}]}}", "is no regular expression")]
    [InlineData("virtualServers: {v: {endpoints: [\"192.0.2.1:80\"], servers: [{address: 192.0.2.2, checks: [{kind: bfd, name: x}]}]}}", "is \"x\", and there is no such BFD peer")]
    [InlineData("staticAddresses: [192.0.2.5/24]", "staticAddresses[0].device is missing")]
    [InlineData("global: {multicastGroup4: 192.0.2.1}", "global.multicastGroup4 is 192.0.2.1, which is no IPv4 group")]
    public void Objects_ThatCannotBe_AreNamed(string yaml, string says)
    {
        ConfigurationReading reading = Samples.YamlInstance("priority: 9", yaml + "\n");
        ConfigProblem problem = Assert.Single(reading.Problems, problem => problem.Message.Contains(says, StringComparison.Ordinal));
        Assert.Equal((ProblemKind.Error, 8), (problem.Kind, problem.Position.Line));
    }

    [Fact]
    public void Weight_InASyncGroupWithoutWeights_IsWarnedOf()
    {
        const string Track = "track: {interfaces: [{name: eth1, weight: 5}]}";
        const string Group = "  b: {interface: eth1, virtualRouterId: 51, addresses: [192.0.2.9]}\nsyncGroups: {g: {members: [web, b], trackingWeights: WEIGHTS}}\n";
        Assert.Contains("does not count in a sync group", Assert.Single(Samples.YamlInstance(Track, Group.Replace("WEIGHTS", "false", StringComparison.Ordinal)).Problems).Message, StringComparison.Ordinal);
        Assert.Empty(Samples.YamlInstance(Track, Group.Replace("WEIGHTS", "true", StringComparison.Ordinal)).Problems);
    }

    [Theory]
    [InlineData(255, false, true)]
    [InlineData(256, false, false)]
    [InlineData(89, true, true)]
    [InlineData(90, true, false)]
    [Trait("Scenario", "TX-08")]
    [Trait("Scenario", "R6-11")]
    [Trait("Scenario", "CFG-12")]
    public void Addresses_MoreThanAnAdvertisementHolds_AreRefused(int count, bool isIPv6, bool valid)
    {
        string list = string.Join(", ", Enumerable.Range(0, count).Select(i => isIPv6 ? $"\"fe80::{i + 1}/64\"" : $"100.64.{i / 200}.{(i % 200) + 1}/32"));
        ConfigurationReading reading = VipdYaml.Read($"version: 1\ninstances: {{a: {{interface: eth0, virtualRouterId: 1, addresses: [{list}]}}}}", "v");
        Assert.Equal(valid, reading.IsValid);
    }
}
