// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Speaker.Cluster;

namespace LoadBalancer.Speaker.Tests;

/// <summary>Where a Service has endpoints, and whether a change is one of nodes or of numbers.</summary>
public sealed class ServiceEndpointsTests
{
    private readonly ServiceEndpoints _endpoints = new();

    [Fact]
    public void Set_MoreEndpointsOnTheSameNode_ChangesTheNumberAndNotTheNodes()
    {
        Assert.Equal(new EndpointsChange(Sample.Web, true), _endpoints.Set(Sample.Slice("s", "a")));
        Assert.Equal(new EndpointsChange(Sample.Web, false), _endpoints.Set(Sample.Slice("s", "a", "a")));
        Assert.Equal((2, 2), _endpoints.Count(Sample.Web, "a"));
        Assert.Equal(new EndpointsChange(Sample.Web, false), _endpoints.Set(Sample.Slice("s", "a")));
    }

    [Fact]
    public void Set_SameAgain_IsNoChange()
    {
        _endpoints.Set(Sample.Slice("s", "b", "a"));
        Assert.Null(_endpoints.Set(Sample.Slice("s", "a", "b")));
        Assert.Null(_endpoints.Set(Sample.Slice("s", "a", "b", "c?")));
    }

    [Fact]
    public void Set_AnotherNode_ChangesTheNodes()
    {
        _endpoints.Set(Sample.Slice("s", "a"));
        Assert.True(_endpoints.Set(Sample.Slice("s", "b"))!.Value.NodesChanged);
        Assert.True(_endpoints.Set(Sample.Slice("s", "b", "a"))!.Value.NodesChanged);
        Assert.True(_endpoints.Set(Sample.Slice("s"))!.Value.NodesChanged);
        Assert.Empty(_endpoints.NodesOf(Sample.Web));
    }

    [Fact]
    public void Set_EndpointMovesFromOneSliceToAnother_IsNoChangeOfNodes()
    {
        _endpoints.Set(Sample.Slice("s", "a", "b"));
        Assert.False(_endpoints.Set(Sample.Slice("t", "b"))!.Value.NodesChanged);
        Assert.False(_endpoints.Set(Sample.Slice("s", "a"))!.Value.NodesChanged);
        Assert.Equal(["a", "b"], _endpoints.NodesOf(Sample.Web));
    }

    [Fact]
    public void Remove_OneOfTwoSlices_ChangesTheNodesThatWereInItAlone()
    {
        _endpoints.Set(Sample.Slice("s", "a"));
        _endpoints.Set(Sample.Slice("t", "a", "a"));
        Assert.Equal(new EndpointsChange(Sample.Web, false), _endpoints.Remove(Sample.Slice("t")));
        Assert.Equal(new EndpointsChange(Sample.Web, true), _endpoints.Remove(Sample.Slice("s")));
        Assert.Null(_endpoints.Remove(Sample.Slice("s")));
    }

    [Fact]
    public void Count_IncludesEndpointsWithoutANodeAndThoseThatServeWhileTheyTerminate()
    {
        EndpointSlice slice = Sample.Slice("s", "", "a", "b?");
        slice.Endpoints[2].Conditions = new EndpointConditions(Ready: false, Serving: true, Terminating: true);
        _endpoints.Set(slice);
        Assert.Equal((3, 1), _endpoints.Count(Sample.Web, "b"));
        Assert.Equal(["", "a", "b"], _endpoints.NodesOf(Sample.Web));
    }

    // Kubernetes keeps a slice of each family for a Service of both: its pods are in two.
    [Fact]
    [Trait("Scenario", "S45")]
    public void Count_ServiceOfTwoFamilies_CountsEachPodOnce()
    {
        EndpointSlice ipv4 = Sample.Slice("s4", "a", "b", "b");
        EndpointSlice more = Sample.Slice("s4-more", "b");
        EndpointSlice ipv6 = Sample.Slice("s6", "a", "b", "b", "c");
        (ipv4.AddressType, more.AddressType, ipv6.AddressType) = ("IPv4", "IPv4", "IPv6");
        _endpoints.Set(ipv4);
        _endpoints.Set(more);
        _endpoints.Set(ipv6);
        Assert.Equal((4, 3), _endpoints.Count(Sample.Web, "b"));
        Assert.Equal((4, 1), _endpoints.Count(Sample.Web, "c"));
    }

    [Fact]
    public void Set_SliceOfNoService_IsNothing()
    {
        EndpointSlice slice = Sample.Slice("s", "a");
        slice.Metadata.Labels = Sample.NoLabels;
        Assert.Null(_endpoints.Set(slice));
    }
}
