// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Kubernetes;
using Secret = LoadBalancer.Kubernetes.Model.Secret;

namespace LoadBalancer.Vipd.Tests.Kubernetes;

public sealed class VirtualIpCompilerTests
{
    private static readonly VipConfiguration NoFile = new();

    [Fact]
    [Trait("Scenario", "K8-16")]
    [Trait("Scenario", "K8-22")]
    public void VirtualIp_OfAnAddress_IsAnInstanceOnTheInterfaceOfItsNetwork()
    {
        VipInstance instance = Only(ClusterSample.VirtualIp("web", "192.0.2.100/24", "2001:db8::100/64"));
        Assert.Equal(("web", "eth0", 51, VrrpVersion.V3, TimeSpan.FromSeconds(1), false), (instance.Name, instance.Interface, instance.RouterId, instance.Version, instance.AdvertInterval, instance.Preempt));
        Assert.Equal((true, 3, TimeSpan.Zero), (instance.Accept, instance.DeadAfter, instance.Announce.RefreshInterval));
        Assert.Equal(["192.0.2.100/24"], instance.Addresses.Select(static a => a.Address.ToString()));
        Assert.Equal(["2001:db8::100/64"], instance.ExcludedAddresses.Select(static a => a.Address.ToString()));
        Assert.Equal("eth1", Only(ClusterSample.VirtualIp("web", "198.51.100.7")).Interface);
    }

    [Fact]
    [Trait("Scenario", "K8-14")]
    public void VirtualIp_WithAllThereIs_SaysIt()
    {
        VirtualIP virtualIp = ClusterSample.VirtualIp("web", "192.0.2.100");
        virtualIp.Spec.VrrpVersion = 2;
        virtualIp.Spec.AuthSecret = new SecretReference { Name = "vrrp" };
        virtualIp.Spec.AdvertisementInterval = "2s";
        virtualIp.Spec.Interface = "eth1";
        virtualIp.Spec.Unicast = true;
        virtualIp.Spec.Preempt = true;
        virtualIp.Spec.PreemptDelay = "1.5m";
        virtualIp.Spec.VirtualMac = true;
        virtualIp.Spec.Accept = false;
        virtualIp.Spec.DeadAfter = 5;
        virtualIp.Spec.AnnounceRefreshInterval = "1m";
        virtualIp.Spec.Track = new VirtualIPTrack
        {
            Interfaces = [new VirtualIPInterface { Name = "eth0", Weight = -20 }],
            Checks = [new VirtualIPCheck { Name = "healthz", Port = 80, Path = "/healthz", Interval = "500ms", Weight = 10 }, new VirtualIPCheck { Name = "tcp", Port = 22, Address = "192.0.2.9" }],
        };
        ClusterView view = ClusterSample.View(virtualIp) with { Secrets = new Dictionary<string, Secret> { ["vrrp"] = ClusterSample.Secret("hidden") } };
        ClusterResult result = ClusterCompiler.Compile(view, NoFile);
        Assert.Equal(Verdict.Accepted, result.VirtualIPs["web"]);
        VipInstance instance = Assert.Single(result.Configuration.Instances);
        Assert.Equal((VrrpVersion.V2, "hidden", TimeSpan.FromSeconds(2), "eth1", true, TimeSpan.FromSeconds(90)), (instance.Version, instance.Authentication!.Password.Reveal(), instance.AdvertInterval, instance.Interface, instance.Preempt, instance.PreemptDelay));
        Assert.Equal((false, 5, TimeSpan.FromMinutes(1)), (instance.Accept, instance.DeadAfter, instance.Announce.RefreshInterval));
        Assert.Equal(["192.0.2.2", "192.0.2.3"], instance.Unicast!.Peers.Select(static p => p.Address.ToString()));
        Assert.True(instance.VirtualMac!.AdvertiseFromBase);
        Assert.Equal(new TrackReference { Name = "eth0", Weight = -20 }, Assert.Single(instance.Track.Interfaces));
        Assert.Equal(["web/healthz", "web/tcp"], instance.Track.Services.Select(static s => s.Name));
        Assert.Equal([CheckKind.Http, CheckKind.Tcp], result.Configuration.Services.Select(static s => s.Check.Kind));
        Assert.Equal(TimeSpan.FromMilliseconds(500), result.Configuration.Services[0].Check.Interval);
    }

    [Fact]
    [Trait("Scenario", "K8-07")]
    public void Service_BehindIt_IsAVirtualServerForEachPortWithWhatIsReady()
    {
        VirtualIP virtualIp = ClusterSample.VirtualIp("web", "192.0.2.100", "192.0.2.101");
        virtualIp.Spec.Service = new VirtualIPService { Namespace = "shop", Name = "web" };
        ClusterResult result = ClusterCompiler.Compile(ClusterSample.View(virtualIp), NoFile);
        Assert.Equal(["web/80-tcp", "web/53-udp"], result.Configuration.VirtualServers.Select(static s => s.Name));
        VirtualServer http = result.Configuration.VirtualServers[0];
        Assert.Equal(["192.0.2.100:80", "192.0.2.101:80"], http.Endpoints.Select(static e => e.ToString()));
        Assert.Equal(["203.0.113.11:8080", "203.0.113.12:8080"], http.Servers.Select(static s => $"{s.Address}:{s.Port}"));
        Assert.Equal((ForwardingMethod.Masquerade, TransportProtocol.Udp), (http.Method, result.Configuration.VirtualServers[1].Protocol));
        // The Service is not there yet: the address is held all the same.
        result = ClusterCompiler.Compile(ClusterSample.View(virtualIp) with { Services = new Dictionary<LoadBalancer.Kubernetes.Informers.ObjectKey, Service>() }, NoFile);
        Assert.Single(result.Configuration.Instances);
        Assert.Empty(result.Configuration.VirtualServers);
        Assert.Equal((true, "NothingToForwardTo"), (result.VirtualIPs["web"].IsAccepted, result.VirtualIPs["web"].Reason));
    }

    [Theory]
    [InlineData("nowhere", "NoInterface", true, "no interface of node node-a is in the network of 203.0.113.7")]
    [InlineData("node", "NoNode", false, "no node matches nodeSelector")]
    [InlineData("address", "Invalid", false, "spec.addresses has \"300.0.0.1\"")]
    [InlineData("secret", "NoPassword", false, "there is no Secret vrrp of type kubernetes.io/basic-auth")]
    [InlineData("interval", "Invalid", false, "instances.web.advertInterval is 2500us")]
    [InlineData("check", "Invalid", false, "spec.track.checks of name x: address is \"here\"")]
    public void VirtualIp_ThatCannotBe_SaysWhyAndIsLeftOutWhole(string what, string reason, bool local, string words)
    {
        VirtualIP virtualIp = ClusterSample.VirtualIp("web", what == "nowhere" ? "203.0.113.7" : what == "address" ? "300.0.0.1" : "192.0.2.100");
        virtualIp.Spec.Service = new VirtualIPService { Namespace = "shop", Name = "web" };
        virtualIp.Spec.NodeSelector = what == "node" ? new LabelSelector { MatchLabels = new Dictionary<string, string> { ["zone"] = "nine" } } : null;
        virtualIp.Spec.AuthSecret = what == "secret" ? new SecretReference { Name = "vrrp" } : null;
        virtualIp.Spec.AdvertisementInterval = what == "interval" ? "2.5ms" : null;
        virtualIp.Spec.Track = new VirtualIPTrack { Checks = what == "check" ? [new VirtualIPCheck { Name = "x", Port = 1, Address = "here" }] : [] };
        ClusterResult result = ClusterCompiler.Compile(ClusterSample.View(virtualIp, Other()), NoFile);
        Verdict verdict = result.VirtualIPs["web"];
        Assert.Equal((false, reason, local), (verdict.IsAccepted, verdict.Reason, verdict.IsLocal));
        Assert.StartsWith(words, verdict.Message, StringComparison.Ordinal);
        // The others go on.
        Assert.Equal(["other"], result.Configuration.Instances.Select(static i => i.Name));
        Assert.Empty(result.Configuration.VirtualServers);
    }

    [Fact]
    public void VirtualIp_OfOtherNodes_IsNothingHere()
    {
        VirtualIP virtualIp = ClusterSample.VirtualIp("web", "192.0.2.100");
        virtualIp.Spec.NodeSelector = new LabelSelector { MatchExpressions = [new LabelSelectorRequirement { Key = "zone", Operator = "In", Values = ["two"] }] };
        ClusterView view = ClusterSample.View(virtualIp) with { Nodes = [ClusterSample.Node("node-a", "192.0.2.1"), ClusterSample.Node("node-b", "192.0.2.2", "two")] };
        ClusterResult result = ClusterCompiler.Compile(view, NoFile);
        Assert.Equal(Verdict.NotHere, result.VirtualIPs["web"]);
        Assert.Empty(result.Configuration.Instances);
    }

    [Fact]
    [Trait("Scenario", "K8-18")]
    public void VirtualIp_ThatClashesWithTheFile_GivesWay()
    {
        VipConfiguration file = new()
        {
            Instances =
            [
                new() { Name = "web", Interface = "eth0", RouterId = 7, Addresses = [Address("192.0.2.50")] },
                new() { Name = "api", Interface = "eth0", RouterId = 8, Addresses = [Address("192.0.2.60")] },
            ],
        };
        VirtualIP sameAddress = ClusterSample.VirtualIp("second", "192.0.2.60");
        sameAddress.Spec.VirtualRouterId = 52;
        ClusterResult result = ClusterCompiler.Compile(ClusterSample.View(ClusterSample.VirtualIp("web", "192.0.2.100"), sameAddress, Other()), file);
        Assert.Equal(["other"], result.Configuration.Instances.Select(static i => i.Name));
        Assert.Equal((false, "Clashes", true), (result.VirtualIPs["web"].IsAccepted, result.VirtualIPs["web"].Reason, result.VirtualIPs["web"].IsLocal));
        Assert.Contains("192.0.2.60", result.VirtualIPs["second"].Message, StringComparison.Ordinal);
        Assert.Equal(["web", "api", "other"], ConfigurationJoin.Judge(file, result.Configuration).Configuration.Instances.Select(static i => i.Name));
    }

    [Fact]
    [Trait("Scenario", "K8-16")]
    public void Priorities_AreGivenThenPreferredThenSpread()
    {
        VirtualIP virtualIp = ClusterSample.VirtualIp("web", "192.0.2.100");
        virtualIp.Spec.PreferredNodes = ["node-c", "gone"];
        virtualIp.Spec.Priorities = [new VirtualIPPriority { Node = "node-b", Priority = 250 }];
        SortedDictionary<string, int> priorities = NodeRanks.Of(virtualIp, ClusterSample.View().Nodes);
        Assert.Equal((250, 200), (priorities["node-b"], priorities["node-c"]));
        Assert.InRange(priorities["node-a"], 198, 199);
        Assert.Equal("node-b", NodeRanks.Lead(virtualIp, ClusterSample.View().Nodes));
    }

    [Fact]
    [Trait("Scenario", "K8-15")]
    public void Priorities_OfManyObjects_SpreadTheMastersAndMoveFewWhenANodeComes()
    {
        Node[] five = [.. Enumerable.Range(1, 5).Select(static i => ClusterSample.Node($"node-{i}", $"192.0.2.{i}"))];
        Node[] six = [.. five, ClusterSample.Node("node-6", "192.0.2.6")];
        string[] before = [.. Enumerable.Range(0, 500).Select(i => Master(i, five))];
        string[] after = [.. Enumerable.Range(0, 500).Select(i => Master(i, six))];
        Assert.All(before.CountBy(static node => node), static count => Assert.InRange(count.Value, 60, 140));
        Assert.All(before.Zip(after), static pair => Assert.True(pair.First == pair.Second || pair.Second == "node-6"));

        static string Master(int i, Node[] nodes) => NodeRanks.Of(ClusterSample.VirtualIp($"vip-{i}"), nodes).MaxBy(static p => p.Value).Key;
    }

    [Fact]
    public void RouterIds_AreUniqueAndNeverChangeForAnother()
    {
        VirtualIP[] all = [.. Enumerable.Range(0, 200).Select(static i => Unnumbered($"vip-{i}", i))];
        all[7].Status.VirtualRouterId = 30;
        all[9].Spec.VirtualRouterId = 31;
        SortedDictionary<string, int> chosen = RouterIds.Choose(all, static _ => new HashSet<int>(), 32).Chosen;
        Assert.Equal(198, chosen.Values.Distinct().Count());
        Assert.DoesNotContain(chosen.Values, static id => id is < 1 or > 255 or 30 or 31 or 32);
        // One more, younger than all: nobody else's changes, in whatever order they are seen.
        SortedDictionary<string, int> again = RouterIds.Choose(all.Append(Unnumbered("aaa", 1000)).Reverse(), static _ => new HashSet<int>(), 32).Chosen;
        Assert.All(chosen, pair => Assert.Equal(pair.Value, again[pair.Key]));
        Assert.True(again.ContainsKey("aaa"));
    }

    [Fact]
    public void RouterIds_AllTaken_IsSaid()
    {
        VirtualIP[] all = [.. Enumerable.Range(0, 255).Select(static i => Unnumbered($"vip-{i}", i)), Unnumbered("late", 999)];
        for (int i = 0; i < 255; i++)
            all[i].Status.VirtualRouterId = i + 1;
        ClusterResult result = ClusterCompiler.Compile(ClusterSample.View(all[254], all[255]) with { VirtualIPs = all }, NoFile);
        Assert.Equal((false, "NoRouterID"), (result.VirtualIPs["late"].IsAccepted, result.VirtualIPs["late"].Reason));
        Assert.Empty(result.RouterIds);
    }

    [Fact]
    public void RouterId_NotRecordedYet_IsWaitedFor()
    {
        ClusterResult result = ClusterCompiler.Compile(ClusterSample.View(Unnumbered("web", 0)), NoFile);
        Assert.Empty(result.Configuration.Instances);
        Assert.Equal("Pending", result.VirtualIPs["web"].Reason);
        Assert.Equal(["web"], result.RouterIds.Keys);
    }

    private static VirtualIP Unnumbered(string name, int age)
    {
        VirtualIP made = ClusterSample.VirtualIp(name, "192.0.2.100");
        made.Spec.VirtualRouterId = null;
        made.Metadata.CreationTimestamp = DateTimeOffset.UnixEpoch.AddSeconds(age);
        return made;
    }

    private static VirtualIP Other()
    {
        VirtualIP other = ClusterSample.VirtualIp("other", "192.0.2.200");
        other.Spec.VirtualRouterId = 99;
        return other;
    }

    private static VirtualAddress Address(string text) => new() { Address = InterfaceAddress.TryParse(text, out InterfaceAddress address) ? address : throw new FormatException(text) };

    private static VipInstance Only(VirtualIP virtualIp) => Assert.Single(ClusterCompiler.Compile(ClusterSample.View(virtualIp), NoFile).Configuration.Instances);
}
