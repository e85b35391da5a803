// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.Testing;

namespace LoadBalancer.VipConfig.Tests;

public sealed class SampleTests
{
    public static TheoryData<string> Names => [.. Samples.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Sample_AsItStands_HasNoErrors(string name)
    {
        ConfigurationReading reading = Samples.Conf(Samples.Text(name));
        Assert.True(reading.IsValid, string.Join('\n', reading.Problems));
    }

    [Theory]
    [MemberData(nameof(Names))]
    [Trait("Scenario", "CFG-16")]
    public void Sample_ImportedAndReadBack_IsTheSame(string name)
    {
        VipConfiguration imported = Samples.Conf(Samples.Text(name)).Configuration;
        ConfigurationReading again = VipdYaml.Read(VipdYaml.Write(imported), "vipd.yaml");
        Assert.Equal(imported, again.Configuration);
        Assert.True(again.IsValid, string.Join('\n', again.Problems));
        Assert.Empty(ConfigurationDifference.Between(imported, again.Configuration));
    }

    [Fact]
    public void NginxPair_Read_IsWhatKeepalivedMakesOfIt()
    {
        ConfigurationReading reading = Samples.Conf(Samples.Text("nginx-pair.conf"));
        VipInstance instance = Assert.Single(reading.Configuration.Instances);
        Assert.Equal(
            ("VI_1", "eth0", VrrpVersion.V2, 51, 101, true, true),
            (instance.Name, instance.Interface, instance.Version, instance.RouterId, instance.Priority, instance.StartAsMaster, instance.Preempt));
        Assert.Equal("sEcr3t99", instance.Authentication!.Password.Reveal());
        Assert.Equal([new VirtualAddress { Address = new(IpAddr.Parse("192.0.2.100"), 24), Device = "eth0", Label = "eth0:vip" }], instance.Addresses);
        Assert.Equal([new TrackReference { Name = "chk_nginx" }], instance.Track.Scripts);
        Assert.Equal(3, instance.Notify.Count);
        Assert.Equal(["/etc/keepalived/notify.sh", "master"], instance.Notify[0].Command);
        Assert.Equal(("nobody", "nogroup", true), (instance.Notify[2].User, instance.Notify[2].Group, instance.Notify[2].AppendState));
        TrackedScript script = Assert.Single(reading.Configuration.Scripts);
        Assert.Equal((TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), -20, 2, 2), (script.Interval, script.Timeout, script.Weight, script.Fall, script.Rise));
        Assert.Equal(("lb-a", 50, true, "nobody"), (reading.Configuration.Global.NodeName, reading.Configuration.Global.RealtimePriority, reading.Configuration.Global.LockMemory, reading.Configuration.Global.ScriptUser));
        Assert.Equal([4, 7, 42], reading.Problems.Where(problem => problem.Kind == ProblemKind.Ignored).Select(problem => problem.Position.Line));
    }

    [Theory]
    [InlineData("lb1", "first", 150)]
    [InlineData("lb2", "second", 100)]
    public void HaproxyPair_OneFileForBothHosts_ReadsForEach(string host, string name, int priority)
    {
        VipConfiguration configuration = Samples.Conf(Samples.Text("haproxy-pair.conf"), host).Configuration;
        VipInstance instance = Assert.Single(configuration.Instances);
        Assert.Equal((name, priority, false, VrrpVersion.V3), (configuration.Global.NodeName, instance.Priority, instance.Preempt, instance.Version));
        Assert.Equal(TimeSpan.FromMilliseconds(100), instance.AdvertInterval);
        Assert.Equal(TimeSpan.FromSeconds(60), instance.Announce.RefreshInterval);
        Assert.Equal("Host: www.example.net", configuration.Scripts[0].Command[5]);
        Assert.Equal([new() { Name = "ens224", Weight = 10 }, new TrackReference { Name = "ens256" }], instance.Track.Interfaces);
        Assert.Equal(-60, instance.Track.Scripts[0].Weight);
    }

    [Fact]
    public void Router_RoutesAndRules_AreRead()
    {
        VipConfiguration configuration = Samples.Conf(Samples.Text("router-sync-group.conf")).Configuration;
        VipInstance inside = configuration.Instances[0];
        Assert.Equal(["inside", "outside"], configuration.SyncGroups[0].Members);
        Assert.Equal(RouteKind.Blackhole, inside.Routes[1].Kind);
        Assert.Equal((IpPrefix.Parse("0.0.0.0/0"), 5u, 1400), (inside.Routes[2].Destination, inside.Routes[2].Metric, inside.Routes[2].Mtu));
        Assert.Equal([2, 1], inside.Routes[3].NextHops.Select(hop => hop.Weight));
        Assert.Equal(("100", 1001u, false), (inside.Rules[1].Table, inside.Rules[1].Priority, inside.Rules[1].Watch));
        Assert.Equal(TimeSpan.FromSeconds(1), inside.Announce.LowerPrioritySecondAfter);
        Assert.Single(configuration.StaticAddresses);
        Assert.Single(configuration.StaticRoutes);
        Assert.Single(configuration.StaticRules);
    }

    [Fact]
    public void Ipv6_Read_IsVersion3WithDefaults()
    {
        VipInstance six = Samples.Conf(Samples.Text("ipv6.conf")).Configuration.Instances[0];
        Assert.Equal((IpFamily.IPv6, VrrpVersion.V3), (six.Family, six.Version));
        Assert.Equal((128, true, true), (six.Addresses[2].Address.PrefixLength, six.Addresses[2].Preferred, six.Addresses[2].NoDad));
        Assert.Equal(IpFamily.IPv4, six.ExcludedAddresses[0].Address.Address.Family);
    }

    [Fact]
    public void Vmac_Read_HasNameAndAddress()
    {
        ValueList<VipInstance> instances = Samples.Conf(Samples.Text("vmac.conf")).Configuration.Instances;
        Assert.Equal(new VirtualMac { Interface = "vrrp.71", AdvertiseFromBase = true }, instances[0].VirtualMac);
        Assert.Equal((255, true, false), (instances[0].Priority, instances[0].StartAsMaster, instances[0].Track.OwnInterface));
        Assert.Equal(TimeSpan.FromSeconds(100), instances[0].Announce.OtherInterfacesInterval);
        Assert.Equal(MacAddr.Parse("02:00:00:00:00:48"), instances[1].VirtualMac!.Address);
    }

    [Fact]
    public void Cloud_Read_HasPeersAndTracks()
    {
        VipConfiguration configuration = Samples.Conf(Samples.Text("unicast-cloud.conf")).Configuration;
        VipInstance cloud = configuration.Instances[0];
        Assert.Equal(IpAddr.Parse("192.0.2.11"), cloud.SourceAddress);
        Assert.True(cloud.Unicast!.CheckSource);
        Assert.Equal([null, 250], cloud.Unicast.Peers.Select(peer => peer.MinTtl));
        Assert.Equal((10, true), (cloud.Track.BfdPeers[0].Weight, cloud.Track.BfdPeers[0].Reverse));
        Assert.Equal((2, 5, TimeSpan.FromSeconds(30)), (cloud.Announce.Repeat, cloud.DeadAfter, cloud.PreemptDelay));
        Assert.Equal(["/usr/local/bin/attach-address", "elastic ip", "192.0.2.200"], cloud.Notify[0].Command);
        Assert.Equal(TimeSpan.FromMilliseconds(50), configuration.BfdPeers[0].ReceiveInterval);
        Assert.Equal(0, configuration.Files[0].InitialValue);
    }

    [Fact]
    public void Lvs_Read_HasServersAndChecks()
    {
        VipConfiguration configuration = Samples.Conf(Samples.Text("lvs.conf")).Configuration;
        VirtualServer web = configuration.VirtualServers[0], dns = configuration.VirtualServers[1], six = configuration.VirtualServers[2];
        Assert.Equal("vips", web.Name);
        Assert.Equal(["192.0.2.80:80", "192.0.2.81-192.0.2.82:80"], web.Endpoints.Select(endpoint => endpoint.ToString()));
        Assert.Equal((Scheduler.WeightedRoundRobin, ForwardingMethod.Nat, TimeSpan.FromSeconds(50), 24), (web.Scheduler, web.Method, web.Persistence, web.PersistencePrefix));
        HealthCheck http = web.Servers[0].Checks[0];
        Assert.Equal((CheckKind.Http, 4, TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(2)), (http.Kind, http.Fall, http.Interval, http.Timeout, http.RetryDelay));
        Assert.Equal("www.example.net", http.Requests[1].Host);
        Assert.Equal([new(200, 204), new StatusRange(301, 301)], http.Requests[0].Status);
        Assert.True(web.Servers[0].DrainOnFailure);
        HealthCheck https = web.Servers[1].Checks[0], misc = web.Servers[1].Checks[1];
        Assert.Equal(("www.example.net", "", "(?i)maintenance"), (https.ServerName, https.Requests[0].BodyMatches, https.Requests[0].BodyMatchesNot));
        Assert.Equal((CheckKind.Script, 1, true, TimeSpan.FromSeconds(4)), (misc.Kind, misc.Fall, misc.DynamicWeight, misc.Timeout));
        Assert.Equal(("192.0.2.83-53", TransportProtocol.Udp, Scheduler.SourceHash, ForwardingMethod.DirectRouting, true), (dns.Name, dns.Protocol, dns.Scheduler, dns.Method, dns.StartDown));
        Assert.Equal([CheckKind.Udp, CheckKind.Tcp, CheckKind.Ping], dns.Servers[1].Checks.Select(check => check.Kind));
        Assert.Equal((Scheduler.ConsistentHash, ForwardingMethod.Tunnel), (six.Scheduler, six.Method));
    }

    [Fact]
    public void Generated_TemplatesAndSequences_GrowInstances()
    {
        VipConfiguration configuration = Samples.Conf(Samples.Text("generated.conf"), "high").Configuration;
        Assert.Equal(52, configuration.Instances.Count);
        VipInstance last = configuration.Instances[49];
        Assert.Equal(("VI_50", "eth0.50", 50, 130), (last.Name, last.Interface, last.RouterId, last.Priority));
        Assert.Equal(["2001:db8:50::a/64", "2001:db8:50::b/64", "2001:db8:50::c/64"], last.ExcludedAddresses.Select(address => address.Address.ToString()));
        Assert.Equal("right0", configuration.Instances[51].Interface);
    }

    [Fact]
    public void OurSample_Read_HasNoProblemsButRemarks()
    {
        ConfigurationReading reading = VipdYaml.Read(Samples.Yaml, "vipd.yaml");
        Assert.True(reading.IsValid, string.Join('\n', reading.Problems));
        Assert.Equal(reading.Configuration, VipdYaml.Read(VipdYaml.Write(reading.Configuration), "again.yaml").Configuration);
    }

    [Theory]
    [InlineData("nginx-pair.yaml")]
    [InlineData("control-plane.yaml")]
    [InlineData("plain-hosts.yaml")]
    public void SampleForPeople_Read_HasNoProblemsAtAll(string name)
    {
        ConfigurationReading reading = VipdYaml.Read(File.ReadAllText(Checkout.PathOf("config", "vipd", "samples", name)), name);
        Assert.Empty(reading.Problems);
        Assert.NotEmpty(reading.Configuration.Instances);
    }

    [Theory]
    [InlineData("2001:db8::5", 64)]
    [InlineData("2001:db8::5 min_ttl 250", 250)]
    public void UnicastPeer6_FromKeepalived_IsHeardWithTheHopLimitItSends(string line, int expected)
    {
        ConfigurationReading reading = Samples.Conf($$"""
            vrrp_instance VI {
            interface eth0
            virtual_router_id 51
            unicast_src_ip 2001:db8::4
            unicast_peer { 
            {{line}}
            }
            virtual_ipaddress { 2001:db8::100/64 }
            }
            """);
        Assert.True(reading.IsValid, string.Join('\n', reading.Problems));
        UnicastSettings unicast = reading.Configuration.Instances[0].Unicast!;
        Assert.Equal((expected, true), (Assert.Single(unicast.Peers).MinTtl, unicast.CheckSource));
    }
}
