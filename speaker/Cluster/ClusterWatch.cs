// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Runtime;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Speaker.Cluster;

/// <summary>Follows the six kinds the speaker depends on, and posts their changes to the cluster loop.</summary>
internal sealed class ClusterWatch(ApiClient client, EventLoop<SpeakerEvent> loop, string @namespace, TimeProvider time, ILogger logger)
{
    /// <summary>Runs until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        FollowAsync(Kinds.Service, null, change => new ServiceChanged(change), Trim, cancellationToken),
        FollowAsync(Kinds.EndpointSlice, null, change => new EndpointSliceChanged(change), Trim, cancellationToken),
        FollowAsync(Kinds.Node, null, change => new NodeChanged(change), Trim, cancellationToken),
        FollowAsync(Kinds.IPAddressPool, @namespace, change => new PoolChanged(change), null, cancellationToken),
        FollowAsync(Kinds.L2Advertisement, @namespace, change => new AdvertisementChanged(change), null, cancellationToken),
        FollowAsync(Kinds.ServiceL2Status, @namespace, change => new StatusChanged(change), null, cancellationToken));

    private Task FollowAsync<T>(ResourceKind<T> kind, string? place, Func<InformerEvent<T>, SpeakerEvent> wrap, Action<T>? trim, CancellationToken cancellationToken)
        where T : class, IKubeObject =>
        new Informer<T>(
            client,
            kind,
            new Selection(place),
            (change, cancellation) => loop.PostAsync(wrap(change), cancellation),
            new InformerOptions(),
            time,
            new Random(),
            logger,
            trim).RunAsync(cancellationToken);

    // Of what is none of ours only its existence is kept.
    private static void Trim(Service service)
    {
        if (service.Spec.Type != "LoadBalancer")
        {
            service.Spec = new ServiceSpec { Type = service.Spec.Type };
            service.Metadata = Bare(service.Metadata);
        }
    }

    private static void Trim(EndpointSlice slice)
    {
        slice.Ports = [];
        foreach (Endpoint endpoint in slice.Endpoints)
        {
            endpoint.Addresses = [];
            endpoint.TargetRef = null;
        }
    }

    private static void Trim(Node node)
    {
        node.Status = new NodeStatus { Conditions = [.. node.Status.Conditions.Where(c => c.Type == "NetworkUnavailable")] };
        node.Metadata.Annotations = new Dictionary<string, string>();
    }

    private static ObjectMeta Bare(ObjectMeta metadata) => new()
    {
        Namespace = metadata.Namespace,
        Name = metadata.Name,
        Uid = metadata.Uid,
        ResourceVersion = metadata.ResourceVersion,
    };
}
