// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.Testing;

namespace LoadBalancer.ApiServer.Tests;

/// <summary>The CRDs and roles of config/, as a server takes them: what each refuses, and with which sentence.</summary>
public sealed class ConfigDirectoryTests
{
    private const string Place = "metallb-system";

    private static readonly string Directory = Checkout.PathOf("config");

    private static async Task<TestServer> StartAsync()
    {
        var server = await TestServer.StartAsync();
        foreach (var part in (string[])["namespace", "crd", "rbac"])
            await server.Server.LoadManifestsAsync(Path.Combine(Directory, part), TestContext.Current.CancellationToken);
        return server;
    }

    private static async Task<(int Code, string Text)> CreateAsync(string plural, string version, string kind, string spec)
    {
        await using var server = await StartAsync();
        var created = new JsonObject
        {
            ["apiVersion"] = $"metallb.io/{version}",
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = "x" },
            ["spec"] = JsonNode.Parse(spec),
        };
        var (code, body) = await server.PostAsync($"/apis/metallb.io/{version}/namespaces/{Place}/{plural}?fieldValidation=Strict", created);
        return (code, body.ToJsonString());
    }

    [Theory]
    [InlineData("""{"addresses":["192.0.2.0/24"]}""")]
    [InlineData("""{"addresses":["192.0.2.10-192.0.2.20"," 2001:db8::1 - 2001:db8::9 "]}""")]
    [InlineData("""{"addresses":["192.0.2.0/24"],"autoAssign":false,"avoidBuggyIPs":true,"serviceAllocation":{"priority":5,"namespaces":["a"],"serviceSelectors":[{"matchLabels":{"a":"b"}}]}}""")]
    public async Task IPAddressPool_Valid_IsAccepted(string spec) => Assert.Equal(201, (await CreateAsync("ipaddresspools", "v1beta1", "IPAddressPool", spec)).Code);

    [Theory]
    [InlineData("""{}""", "spec.addresses")]
    [InlineData("""{"addresses":[]}""", "spec.addresses")]
    [InlineData("""{"addresses":["192.0.2.0/33"]}""", "spec.addresses[0]")]
    [InlineData("""{"addresses":["100.200.300.400/24"]}""", "spec.addresses[0]")]
    [InlineData("""{"addresses":["192.0.2.1-2001:db8::1"]}""", "spec.addresses[0]")]
    [InlineData("""{"addresses":["pool"]}""", "spec.addresses[0]")]
    [InlineData("""{"addresses":["192.0.2.0/24"],"autoAsign":true}""", "autoAsign")]
    public async Task IPAddressPool_Invalid_IsRefusedByField(string spec, string field)
    {
        var (code, text) = await CreateAsync("ipaddresspools", "v1beta1", "IPAddressPool", spec);
        Assert.InRange(code, 400, 422);
        Assert.Contains(field, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{}""", 201)]
    [InlineData("""{"ipAddressPools":["a"],"interfaces":["eth0"],"nodeSelectors":[{"matchExpressions":[{"key":"k","operator":"In","values":["v"]}]}]}""", 201)]
    [InlineData("""{"failback":{"enabled":true,"delay":"45s"}}""", 201)]
    [InlineData("""{"preferredNodeSelectors":[{"weight":101,"preference":{}}]}""", 422)]
    [InlineData("""{"nodeSelectors":[{"matchExpressions":[{"key":"k","operator":"Near"}]}]}""", 422)]
    [InlineData("""{"failback":{"enabled":true,"delay":"soon"}}""", 422)]
    public async Task L2Advertisement_IsJudgedByItsSchema(string spec, int expected) =>
        Assert.Equal(expected, (await CreateAsync("l2advertisements", "v1beta1", "L2Advertisement", spec)).Code);

    [Theory]
    [InlineData("""{"myASN":64500,"peerASN":64501,"peerAddress":"192.0.2.1"}""", 201)]
    [InlineData("""{"myASN":64500,"dynamicASN":"external","peerAddress":"2001:db8::1"}""", 201)]
    [InlineData("""{"myASN":64500,"peerASN":64501,"dynamicASN":"external","peerAddress":"192.0.2.1"}""", 422)]
    [InlineData("""{"myASN":64500,"peerASN":64501,"peerAddress":"router"}""", 422)]
    [InlineData("""{"myASN":64500,"peerASN":64501}""", 422)]
    public async Task BGPPeer_IsJudgedByItsSchema(string spec, int expected) =>
        Assert.Equal(expected, (await CreateAsync("bgppeers", "v1beta2", "BGPPeer", spec)).Code);

    [Fact]
    public async Task ServiceStatusPatch_CarriesAnnotations_AndTheControllersRoleAllowsIt()
    {
        await using var server = await StartAsync();
        await server.PostAsync(TestServer.Services, TestServer.Service("web", """{"type":"LoadBalancer","ports":[{"port":80}]}"""));
        using var controller = server.Client(server.Server.IssueToken(Place, "controller", TimeSpan.FromMinutes(5)));
        var patch = JsonNode.Parse("""{"metadata":{"annotations":{"metallb.io/ip-allocated-from-pool":"p"}},"status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.1"}]}}}""");
        var (code, body) = await server.SendAsync(HttpMethod.Patch, $"{TestServer.Services}/web/status", patch, "application/merge-patch+json", controller);
        Assert.Equal(200, code);
        Assert.Equal("p", (string?)body["metadata"]?["annotations"]?["metallb.io/ip-allocated-from-pool"]);
        Assert.Equal("192.0.2.1", (string?)body["status"]?["loadBalancer"]?["ingress"]?[0]?["ip"]);
        var (refused, _) = await server.SendAsync(HttpMethod.Patch, $"{TestServer.Services}/web", JsonNode.Parse("""{"metadata":{"labels":{"a":"b"}}}"""), "application/merge-patch+json", controller);
        Assert.Equal(403, refused);
    }
}
