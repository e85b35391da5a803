// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.VipConfig;
using LoadBalancer.VipConfig.ConfigMap;
using LoadBalancer.Vipd.Kubernetes;

namespace LoadBalancer.Vipd.Tests.Kubernetes;

public sealed class ConfigMapCompilerTests
{
    [Fact]
    [Trait("Scenario", "K8-01")]
    [Trait("Scenario", "K8-04")]
    [Trait("Scenario", "K8-29")]
    public void ConfigMap_OfServices_IsOneInstanceAndAServerForEachPort()
    {
        ClusterResult result = Compile(new(), ("192.0.2.101", ""), ("192.0.2.100", "shop/web"), ("192.0.2.102", "shop/web:DR"));
        VipInstance instance = Assert.Single(result.Configuration.Instances);
        Assert.Equal(("vips", "eth0", 50, VrrpVersion.V3, false, 101), (instance.Name, instance.Interface, instance.RouterId, instance.Version, instance.Preempt, instance.Priority));
        Assert.Equal(["192.0.2.100/32", "192.0.2.101/32", "192.0.2.102/32"], instance.Addresses.Select(static a => a.Address.ToString()));
        Assert.Null(instance.Unicast);
        Assert.Equal(
            ["vips/192.0.2.100/80-tcp", "vips/192.0.2.100/53-udp"],
            result.Configuration.VirtualServers.Where(static s => s.Method == ForwardingMethod.Masquerade).Select(static s => s.Name));
        VirtualServer http = result.Configuration.VirtualServers[0];
        Assert.Equal(TimeSpan.FromSeconds(1800), http.Persistence);
        Assert.Equal(CheckKind.Tcp, Assert.Single(http.Servers[0].Checks).Kind);
        Assert.Empty(result.Configuration.VirtualServers[1].Servers[0].Checks);
    }

    [Fact]
    public void Flags_OfKubeKeepalivedVip_MeanWhatTheyMeant()
    {
        VipInstance instance = Assert.Single(Compile(
            new() { UseUnicast = true, RouterId = 77, VrrpVersion = 2, Interface = "eth1" }, ("192.0.2.100", "")).Configuration.Instances);
        Assert.Equal(("eth1", 77, VrrpVersion.V2), (instance.Interface, instance.RouterId, instance.Version));
        Assert.Equal(["192.0.2.1", "192.0.2.3"], instance.Unicast!.Peers.Select(static p => p.Address.ToString()));
        Assert.Equal("192.0.2.2", instance.SourceAddress.ToString());
    }

    [Fact]
    public void Neighbours_AreTheNodesItsPodCouldRunOn()
    {
        ClusterView view = View(new() { UseUnicast = true }, ("192.0.2.100", "")) with
        {
            Nodes = [ClusterSample.Node("node-a", "192.0.2.9"), ClusterSample.Node("node-b", "192.0.2.10", "edge"), ClusterSample.Node("node-c", "192.0.2.11", "edge")],
            PodNodeSelector = new Dictionary<string, string> { ["zone"] = "edge" },
        };
        VipInstance instance = Assert.Single(ClusterCompiler.Compile(view, new()).Configuration.Instances);
        Assert.Equal(["192.0.2.11"], instance.Unicast!.Peers.Select(static p => p.Address.ToString()));
        Assert.Equal(100, instance.Priority);
    }

    [Theory]
    [InlineData("192.0.2.100", "shop/web:PROXY", false, "192.0.2.100 is held, and nothing is forwarded")]
    [InlineData("192.0.2.100", "web", false, "192.0.2.100 names \"web\" without a namespace")]
    [InlineData("2001:db8::100", "", false, "2001:db8::100 is an IPv6 address")]
    [InlineData("192.0.2.100", "shop/gone", true, "192.0.2.100: there is no Service shop/gone")]
    [Trait("Scenario", "K8-03")]
    [Trait("Scenario", "K8-30")]
    public void Entry_ThatCannotBe_StopsNoOther(string key, string value, bool accepted, string words)
    {
        ClusterResult result = Compile(new(), (key, value), ("192.0.2.101", "shop/web"));
        EntryVerdict verdict = Assert.Single(result.Entries, entry => entry.Key == key);
        Assert.Equal(accepted, verdict.Accepted);
        Assert.StartsWith(words, verdict.Message, StringComparison.Ordinal);
        Assert.Contains(result.Configuration.VirtualServers, static s => s.Name == "vips/192.0.2.101/80-tcp");
        Assert.DoesNotContain(result.Configuration.VirtualServers, static s => s.Name.StartsWith("vips/192.0.2.100/", StringComparison.Ordinal));
    }

    [Fact]
    public void ConfigMap_ThatIsEmptyOrNotThere_IsNothing()
    {
        Assert.Equal(new VipConfiguration(), Compile(new()).Configuration);
        Assert.Equal(new VipConfiguration(), ClusterCompiler.Compile(ClusterSample.View(), new()).Configuration);
    }

    private static ClusterView View(KubernetesOptions options, params ReadOnlySpan<(string Key, string Value)> entries)
    {
        Dictionary<string, string> data = [];
        foreach ((string key, string value) in entries)
            data[key] = value;
        return ClusterSample.View() with { Options = options with { NodeName = "node-b" }, ConfigMap = data };
    }

    private static ClusterResult Compile(KubernetesOptions options, params ReadOnlySpan<(string Key, string Value)> entries) => ClusterCompiler.Compile(View(options, entries), new());
}
