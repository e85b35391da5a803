// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Placement;
using LoadBalancer.Primitives;
using LoadBalancer.Speaker.Cluster;
using L2Advertisement = LoadBalancer.Config.L2Advertisement;

namespace LoadBalancer.Speaker.Tests;

/// <summary>Which node may answer for an address on the segment, and why another may not.</summary>
public sealed class DemandBuilderTests
{
    private readonly ServiceEndpoints _endpoints = new();
    private readonly List<Node> _nodes = [Node("a"), Node("b")];
    private readonly List<L2Advertisement> _advertisements = [new(Sample.Namespace, "all", ["p"])];
    private bool _ignoreLabel;

    [Fact]
    public void Service_WithTrafficPolicyCluster_MayBeAnsweredByAllWhileAnyServes()
    {
        _endpoints.Set(Sample.Slice("s", "b"));
        Assert.Equal(("None", "None"), Verdicts(Sample.Service()));
        _endpoints.Set(Sample.Slice("s", "b?"));
        Assert.Equal(("NoReadyEndpoint", "NoReadyEndpoint"), Verdicts(Sample.Service()));
    }

    [Fact]
    public void Service_WithTrafficPolicyLocal_IsForNodesThatServeIt()
    {
        _endpoints.Set(Sample.Slice("s", "b"));
        Assert.Equal(("NoReadyEndpoint", "None"), Verdicts(Sample.Service(local: true)));
    }

    [Fact]
    public void Node_LabelledAsExcluded_MayNotUnlessTheLabelIsIgnored()
    {
        _endpoints.Set(Sample.Slice("s", "b"));
        _nodes[0].Metadata.Labels = new Dictionary<string, string> { [DemandBuilder.ExcludeLabel] = "" };
        Assert.Equal(("ExcludedByLabel", "None"), Verdicts(Sample.Service()));
        _ignoreLabel = true;
        Assert.Equal(("None", "None"), Verdicts(Sample.Service()));
    }

    [Fact]
    public void Node_WhoseNetworkIsUnavailable_MayNot()
    {
        _endpoints.Set(Sample.Slice("s", "b"));
        _nodes[1].Status.Conditions = [new Condition { Type = "NetworkUnavailable", Status = "True" }];
        Assert.Equal(("None", "NetworkUnavailable"), Verdicts(Sample.Service()));
    }

    [Fact]
    public void Address_OfNoAdvertisedPool_IsNoDemand()
    {
        _endpoints.Set(Sample.Slice("s", "b"));
        Assert.Empty(Build(Sample.Service(addresses: ["203.0.113.1"])));
        _advertisements.Clear();
        Assert.Empty(Build(Sample.Service()));
    }

    [Fact]
    public void Interfaces_OfSeveralAdvertisements_AreUnitedAndOneWithoutOpensAll()
    {
        _endpoints.Set(Sample.Slice("s", "b"));
        _advertisements[0] = _advertisements[0] with { Interfaces = ["eth0"] };
        _advertisements.Add(new L2Advertisement(Sample.Namespace, "more", ["p"]) { Interfaces = ["eth1", "eth0"] });
        Assert.Equal(["eth0", "eth1"], Assert.Single(Build(Sample.Service())).Candidates.Find("a")!.Interfaces!.Order(StringComparer.Ordinal));
        _advertisements.Add(new L2Advertisement(Sample.Namespace, "any", ["p"]));
        Assert.Null(Assert.Single(Build(Sample.Service())).Candidates.Find("a")!.Interfaces);
    }

    [Fact]
    public void Failback_OfSeveralAdvertisements_IsTheShortest()
    {
        _endpoints.Set(Sample.Slice("s", "b"));
        Assert.Null(Assert.Single(Build(Sample.Service())).FailbackAfter);
        foreach (int seconds in new[] { 30, 10, 20 })
            _advertisements.Add(new L2Advertisement(Sample.Namespace, $"f{seconds}", ["p"]) { Failback = new Failback(true, TimeSpan.FromSeconds(seconds)) });
        Assert.Equal(TimeSpan.FromSeconds(10), Assert.Single(Build(Sample.Service())).FailbackAfter);
    }

    [Fact]
    public void Services_ThatShareAnAddress_AreOneDemandForWhoServesBoth()
    {
        _endpoints.Set(Sample.Slice("s", "a", "b"));
        EndpointSlice other = Sample.Slice("t", "b");
        other.Metadata.Labels = new Dictionary<string, string> { [EndpointSlice.ServiceNameLabel] = "api" };
        _endpoints.Set(other);
        AddressDemand demand = Assert.Single(Build(Sample.Service(local: true), Sample.Service("api", local: true)));
        Assert.Equal("shop/api", demand.Group);
        Assert.Equal((Ineligibility.NoReadyEndpoint, Ineligibility.None), (demand.Candidates.Find("a")!.Ineligibility, demand.Candidates.Find("b")!.Ineligibility));
    }

    [Fact]
    public void Demands_OfTheSameServicesInAnotherOrder_AreTheSame()
    {
        _endpoints.Set(Sample.Slice("s", "a"));
        AnnouncedService one = Sample.Service("web", addresses: ["198.51.100.9", "198.51.100.1"]), two = Sample.Service("api", addresses: ["198.51.100.5"]);
        Assert.Equal(Build(one, two).Select(d => (d.Address, d.Group)), Build(two, one).Select(d => (d.Address, d.Group)));
    }

    private (string A, string B) Verdicts(AnnouncedService service)
    {
        CandidateSet candidates = Assert.Single(Build(service)).Candidates;
        return (candidates.Find("a")!.Ineligibility.ToString(), candidates.Find("b")!.Ineligibility.ToString());
    }

    private IReadOnlyList<AddressDemand> Build(params AnnouncedService[] services)
    {
        Configuration configuration = new(
            [new Pool(Sample.Namespace, "p", 0, [IpRange.TryParse("198.51.100.0/24", out IpRange range, out _) ? range : default], Sample.NoLabels)], _advertisements, [], new HashSet<string>());
        return new DemandBuilder(configuration, _nodes, _endpoints, static _ => null, _ignoreLabel).Build(services);
    }

    private static Node Node(string name) => new() { Metadata = new() { Name = name } };
}
