// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Vipd.Kubernetes;

namespace LoadBalancer.Vipd.Tests.Kubernetes;

public sealed class ClusterStoreTests
{
    private static readonly HashSet<ObjectKey> Named = [ClusterSample.Web];

    private readonly ClusterStore _store = new(new());

    [Fact]
    public void Service_ThatNobodyNames_ChangesNothing()
    {
        Service other = ClusterSample.Service();
        other.Metadata.Name = "other";
        Assert.Equal(ClusterChange.None, _store.Take(new InformerEvent<Service>(InformerEventType.Added, other), Named));
        Assert.Equal(ClusterChange.Any, _store.Take(new InformerEvent<Service>(InformerEventType.Added, ClusterSample.Service()), Named));
        Assert.Equal(ClusterChange.Any, _store.Take(new InformerEvent<Service>(InformerEventType.Deleted, ClusterSample.Service()), Named));
    }

    [Fact]
    public void Slice_TouchesTheServersOfItsServiceAlone()
    {
        Assert.Equal([ClusterSample.Web], Take(InformerEventType.Added, ClusterSample.Slice()));
        Assert.Equal(["web-1"], _store.View().SlicesOf(ClusterSample.Web).Select(static s => s.Metadata.Name));
        EndpointSlice other = ClusterSample.Slice();
        other.Metadata.Labels = new Dictionary<string, string> { [EndpointSlice.ServiceNameLabel] = "other" };
        other.Metadata.Name = "other-1";
        Assert.Equal([new ObjectKey(other.Metadata.Namespace ?? "", "other")], Take(InformerEventType.Added, other));
        Assert.Equal(["web-1"], _store.View().SlicesOf(ClusterSample.Web).Select(static s => s.Metadata.Name));
        Assert.Equal([ClusterSample.Web], Take(InformerEventType.Deleted, ClusterSample.Slice()));
        Assert.Empty(_store.View().SlicesOf(ClusterSample.Web));
    }

    [Fact]
    public void Node_Heartbeat_ChangesNothing()
    {
        Assert.Equal(ClusterChange.Any, Take(ClusterSample.Node("a", "192.0.2.1")));
        Assert.Equal(ClusterChange.None, Take(ClusterSample.Node("a", "192.0.2.1")));
        Assert.Equal(ClusterChange.Any, Take(ClusterSample.Node("a", "192.0.2.9")));
        Assert.Equal(ClusterChange.Any, Take(ClusterSample.Node("a", "192.0.2.9", zone: "two")));
        Assert.Equal(ClusterChange.Any, _store.Take(new InformerEvent<Node>(InformerEventType.Deleted, ClusterSample.Node("a", "192.0.2.9", zone: "two"))));
    }

    [Fact]
    public void VirtualIp_OnlyItsStatusDiffers_ChangesNothingButByItsNumber()
    {
        Assert.Equal(ClusterChange.Any, Take(ClusterSample.VirtualIp("web", "192.0.2.100")));
        VirtualIP told = ClusterSample.VirtualIp("web", "192.0.2.100");
        told.Status.Master = "node-a";
        Assert.Equal(ClusterChange.None, Take(told));
        Assert.Equal("node-a", _store.VirtualIPs["web"].Status.Master);
        VirtualIP numbered = ClusterSample.VirtualIp("web", "192.0.2.100");
        numbered.Status.VirtualRouterId = 9;
        Assert.Equal(ClusterChange.Any, Take(numbered));
        VirtualIP other = ClusterSample.VirtualIp("web", "192.0.2.101");
        other.Metadata.Generation++;
        other.Status.VirtualRouterId = 9;
        Assert.Equal(ClusterChange.Any, Take(other));
    }

    [Fact]
    public void Trim_KeepsWhatAConfigurationIsMadeOf()
    {
        Service service = ClusterSample.Service();
        service.Metadata.Annotations = new Dictionary<string, string> { ["big"] = new string('x', 1000) };
        service.Spec.Selector = new Dictionary<string, string> { ["app"] = "web" };
        EndpointSlice slice = ClusterSample.Slice();
        slice.Endpoints[0].TargetRef = new() { Name = "pod" };
        VirtualIP virtualIp = ClusterSample.VirtualIp("web", "192.0.2.100");
        virtualIp.Spec.Service = new() { Namespace = "shop", Name = "web" };
        ClusterResult before = ClusterCompiler.Compile(ClusterSample.View(virtualIp), new());
        Trims.Trim(service);
        Trims.Trim(slice);
        ClusterView view = ClusterSample.View(virtualIp) with { Services = new Dictionary<ObjectKey, Service> { [ClusterSample.Web] = service }, SlicesOf = _ => [slice] };
        Assert.Equal(before.Configuration, ClusterCompiler.Compile(view, new()).Configuration);
        Assert.Equal((0, 0), (service.Metadata.Annotations.Count, service.Spec.Selector.Count));
        Assert.Null(slice.Endpoints[0].TargetRef);
    }

    private IReadOnlyCollection<ObjectKey> Take(InformerEventType type, EndpointSlice slice) => _store.Take(new InformerEvent<EndpointSlice>(type, slice));

    private ClusterChange Take(Node node) => _store.Take(new InformerEvent<Node>(InformerEventType.Updated, node));

    private ClusterChange Take(VirtualIP item) => _store.Take(new InformerEvent<VirtualIP>(InformerEventType.Updated, item));
}
