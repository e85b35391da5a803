// SPDX-License-Identifier: Apache-2.0
using System.Net;
using LoadBalancer.Lab.Probes;
using LoadBalancer.Lab.Workloads;

namespace LoadBalancer.Interop;

/// <summary>A session without configured addresses. There is one node: on a segment with several, nobody knows whose advertisement is the peer's.</summary>
[Collection(WorldCollection.Name)]
public sealed class UnnumberedTests
{
    [Fact]
    [Trait("Scenario", "I16")]
    public async Task Interface_OfFrr_CarriesBothFamiliesOverLinkLocalAddresses()
    {
        await using BgpWorld world = new() { Nodes = 1 };
        await world.InitializeAsync();
        await using Scene scene = await Scene.OpenAsync(world, RouterKind.Frr, new RouterOptions { Interface = "eth0", Peers = ["fe80::1"] });
        await scene.PeerAsync(change: static spec =>
        {
            spec.Remove("peerAddress");
            spec.Remove("dualStackAddressFamily");
            spec["interface"] = "eth0";
        });
        (string ipv4, string ipv6) = await scene.ServeAsync("web");

        TimeSpan took = await scene.UntilRoutedAsync(1, ipv4, ipv6);

        BgpWorld.Say($"found, connected and routed {took.TotalMilliseconds:f0} ms after the Service was made");
        using NamespaceHttp http = new(world.Network.Remote!);
        foreach (string prefix in (string[])[ipv4, ipv6])
        {
            HttpAnswer answer = await http.GetAsync(new IPEndPoint(IPAddress.Parse(prefix.Split('/')[0]), 80), NginxBackend.HostNames[0], "/", BgpWorld.Cancellation);
            Assert.Equal(200, answer.Status);
        }
    }
}
