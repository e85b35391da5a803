// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace LoadBalancer.ApiServer.Tests;

/// <summary>
/// The rights in config/rbac, one line each. A right added there must be added here, where it is seen; that none is missing
/// is shown by the daemons that run under these roles end to end.
/// </summary>
public sealed class RoleTests(Product product) : IClassFixture<Product>
{
    private const string Rbac = "rbac.authorization.k8s.io";

    [Fact]
    public void Controller_EverywhereItMay_IsThisAndNoMore() => Assert.Equal(
        [
            " events: create patch",
            " namespaces: list watch",
            " nodes: list watch",
            " services/status: patch",
            " services: list watch",
        ],
        RulesOf("clusterroles", "", "metallb-system:controller"));

    [Fact]
    public void Controller_InItsNamespace_IsThisAndNoMore() => Assert.Equal(
        [
            " secrets (memberlist): get",
            " secrets: create",
            "coordination.k8s.io leases (loadbalancer-controller): get patch",
            "coordination.k8s.io leases: create",
            "metallb.io bfdprofiles/status: patch",
            "metallb.io bfdprofiles: list watch",
            "metallb.io bgpadvertisements/status: patch",
            "metallb.io bgpadvertisements: list watch",
            "metallb.io bgppeers/status: patch",
            "metallb.io bgppeers: list watch",
            "metallb.io communities/status: patch",
            "metallb.io communities: list watch",
            "metallb.io configurationstates (controller): get",
            "metallb.io configurationstates/status (controller): patch",
            "metallb.io configurationstates: create",
            "metallb.io ipaddresspools/status: patch",
            "metallb.io ipaddresspools: list watch",
            "metallb.io l2advertisements/status: patch",
            "metallb.io l2advertisements: list watch",
            "metallb.io servicebgpstatuses: delete list",
            "metallb.io servicel2statuses: delete list",
        ],
        RulesOf("roles", Product.Namespace, "controller"));

    [Fact]
    public void Vipd_EverywhereItMay_IsThisAndNoMore() => Assert.Equal(
        [
            " events: create patch",
            " nodes: list watch",
            " services: list watch",
            "discovery.k8s.io endpointslices: list watch",
            "loadbalancer.io virtualips/status: patch",
            "loadbalancer.io virtualips: list watch",
        ],
        RulesOf("clusterroles", "", "metallb-system:vipd"));

    [Fact]
    public void Vipd_InItsNamespace_IsThisAndNoMore() => Assert.Equal(
        [
            " configmaps: list watch",
            " pods: get",
            " secrets: list watch",
        ],
        RulesOf("roles", Product.Namespace, "vipd"));

    [Fact]
    public void Speaker_EverywhereItMay_IsThisAndNoMore() => Assert.Equal(
        [
            " events: create patch",
            " nodes: list watch",
            " services: list watch",
            "discovery.k8s.io endpointslices: list watch",
        ],
        RulesOf("clusterroles", "", "metallb-system:speaker"));

    [Fact]
    public void Speaker_InItsNamespace_IsThisAndNoMore() => Assert.Equal(
        [
            " secrets: get list watch",
            "metallb.io bfdprofiles: list watch",
            "metallb.io bgpadvertisements: list watch",
            "metallb.io bgppeers/status: patch",
            "metallb.io bgppeers: list watch",
            "metallb.io communities: list watch",
            "metallb.io ipaddresspools: list watch",
            "metallb.io l2advertisements: list watch",
            "metallb.io servicebgpstatuses/status: patch",
            "metallb.io servicebgpstatuses: create delete list watch",
            "metallb.io servicel2statuses/status: patch",
            "metallb.io servicel2statuses: create delete list watch",
        ],
        RulesOf("roles", Product.Namespace, "speaker"));

    [Theory]
    [InlineData("clusterrolebindings", "", "metallb-system:controller", "ClusterRole metallb-system:controller <- controller")]
    [InlineData("clusterrolebindings", "", "metallb-system:speaker", "ClusterRole metallb-system:speaker <- speaker")]
    [InlineData("rolebindings", Product.Namespace, "controller", "Role controller <- controller")]
    [InlineData("rolebindings", Product.Namespace, "speaker", "Role speaker <- speaker")]
    public void Binding_GivesItsRole_ToOneAccountOnly(string plural, string ns, string name, string expected)
    {
        var binding = product.Server.Server.Find(Rbac, plural, ns, name)!;
        var subject = Assert.Single(binding["subjects"]!.AsArray())!;
        Assert.Equal(("ServiceAccount", Product.Namespace), ((string?)subject["kind"], (string?)subject["namespace"]));
        Assert.Equal(expected, $"{binding["roleRef"]!["kind"]} {binding["roleRef"]!["name"]} <- {subject["name"]}");
    }

    [Fact]
    public async Task Controller_WritesAddressAndPoolName_ThroughTheStatusAlone()
    {
        var service = TestServer.Service("written", """{"type":"LoadBalancer","ports":[{"port":80}]}""");
        Assert.Equal(201, (await product.Server.PostAsync(TestServer.Services, service)).Code);
        using var controller = product.Server.Client(product.Server.Server.IssueToken(Product.Namespace, "controller", TimeSpan.FromMinutes(10)));
        var patch = JsonNode.Parse("""{"metadata":{"annotations":{"metallb.io/ip-allocated-from-pool":"p"}},"status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.7"}]}}}""")!;
        var (code, written) = await PatchAsync(controller, "/written/status", patch);
        Assert.Equal(200, code);
        Assert.Equal("p", (string?)written["metadata"]!["annotations"]!["metallb.io/ip-allocated-from-pool"]);
        Assert.Equal("192.0.2.7", (string?)written["status"]!["loadBalancer"]!["ingress"]![0]!["ip"]);
        Assert.Equal(403, (await PatchAsync(controller, "/written", patch)).Code);
    }

    private Task<(int Code, JsonNode Body)> PatchAsync(HttpClient client, string path, JsonNode patch) =>
        product.Server.SendAsync(HttpMethod.Patch, TestServer.Services + path, patch, "application/merge-patch+json", client);

    private string[] RulesOf(string plural, string ns, string name)
    {
        var lines = new List<string>();
        foreach (var rule in product.Server.Server.Find(Rbac, plural, ns, name)!["rules"]!.AsArray())
        {
            var names = string.Join(' ', Texts(rule!["resourceNames"]));
            var verbs = string.Join(' ', Texts(rule["verbs"]).Order(StringComparer.Ordinal));
            foreach (var group in Texts(rule["apiGroups"]))
                lines.AddRange(Texts(rule["resources"]).Select(r => $"{group} {r}{(names.Length > 0 ? $" ({names})" : "")}: {verbs}"));
        }

        return [.. lines.Order(StringComparer.Ordinal)];
    }

    private static string[] Texts(JsonNode? list) => [.. (list?.AsArray() ?? []).Select(t => (string)t!)];
}
