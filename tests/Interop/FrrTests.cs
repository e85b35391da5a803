// SPDX-License-Identifier: Apache-2.0
using System.Net;
using LoadBalancer.Lab.Probes;
using LoadBalancer.Lab.Workloads;

namespace LoadBalancer.Interop;

public sealed class FrrTests
{
    [Fact]
    [Trait("Scenario", "I16")]
    public async Task Unnumbered_BothFamilies_AreRoutedOverLinkLocal()
    {
        await using BgpWorld world = await BgpWorld.StartAsync(
            async network => await Frr.StartAsync(network, network.Router.Namespace, new RouterOptions { Interface = "eth0" }, BgpWorld.Cancellation), nodes: 1);
        await world.ConfigureAsync($$"""{"myASN": {{RouterOptions.ClusterAsn}}, "peerASN": {{RouterOptions.RouterAsn}}, "interface": "eth0"}""");
        (string ipv4Address, string ipv6Address) = await world.ServeAsync("web");
        await world.UntilRoutedAsync($"{ipv4Address}/32", 1);
        await world.UntilRoutedAsync($"{ipv6Address}/128", 1);
        using NamespaceHttp http = new(world.Network.Remote!);
        foreach (string target in (string[])[ipv4Address, ipv6Address])
        {
            HttpAnswer answer = await http.GetAsync(new IPEndPoint(IPAddress.Parse(target), 80), NginxBackend.HostNames[0], "/", BgpWorld.Cancellation);
            Assert.Equal(200, answer.Status);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Scenario", "I01,I03")]
    public async Task ThreeNodes_OneService_IsRoutedByAll(bool ipv6)
    {
        await using BgpWorld world = await BgpWorld.StartAsync(async network =>
            await Frr.StartAsync(network, network.Router.Namespace, new RouterOptions { Peers = BgpWorld.Peers(network, ipv6), DualStack = true }, BgpWorld.Cancellation));
        string address = (ipv6 ? world.Network.Router.ServiceAddress6 : world.Network.Router.ServiceAddress).ToString();
        await world.ConfigureAsync($$"""{"myASN": {{RouterOptions.ClusterAsn}}, "peerASN": {{RouterOptions.RouterAsn}}, "peerAddress": "{{address}}", "dualStackAddressFamily": true}""");
        (string ipv4Address, string ipv6Address) = await world.ServeAsync("web");
        await world.UntilRoutedAsync($"{ipv4Address}/32", 3);
        await world.UntilRoutedAsync($"{ipv6Address}/128", 3);
        using NamespaceHttp http = new(world.Network.Remote!);
        foreach (string target in (string[])[ipv4Address, ipv6Address])
        {
            HttpAnswer answer = await http.GetAsync(new IPEndPoint(IPAddress.Parse(target), 80), NginxBackend.HostNames[0], "/", BgpWorld.Cancellation);
            Assert.Equal(200, answer.Status);
        }
    }
}
