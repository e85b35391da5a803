// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Runtime;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Speaker.Cluster;

/// <summary>Follows the kinds the speaker depends on, and posts their changes to the cluster loop.</summary>
internal sealed class ClusterWatch
{
    // The type that passwords of BGPPeers have: other Secrets are not asked for.
    private const string BasicAuth = "type=kubernetes.io/basic-auth";

    private readonly InformerGroup _informers = new();
    private readonly ApiClient _client;
    private readonly EventLoop<SpeakerEvent> _loop;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public ClusterWatch(ApiClient client, EventLoop<SpeakerEvent> loop, string @namespace, string node, TimeProvider time, ILogger logger)
    {
        (_client, _loop, _time, _logger) = (client, loop, time, logger);
        Follow(Kinds.Service, null, change => new ServiceChanged(change), Trim);
        Follow(Kinds.EndpointSlice, null, change => new EndpointSliceChanged(change), Trim);
        Follow(Kinds.Node, null, change => new NodeChanged(change), Trim);
        Follow(Kinds.IPAddressPool, @namespace, change => new PoolChanged(change), null);
        Follow(Kinds.L2Advertisement, @namespace, change => new AdvertisementChanged(change), null);
        Follow(Kinds.BGPPeer, @namespace, change => new BgpPeerChanged(change), peer => Trim(peer, node));
        Follow(Kinds.BGPAdvertisement, @namespace, change => new BgpAdvertisementChanged(change), null);
        Follow(Kinds.Community, @namespace, change => new CommunityChanged(change), null);
        Follow(Kinds.BFDProfile, @namespace, change => new BfdProfileChanged(change), null);
        Follow(Kinds.Secret, @namespace, change => new SecretChanged(change), Trim, BasicAuth);
        Follow(Kinds.ServiceL2Status, @namespace, change => new StatusChanged(change), null);
        Follow(Kinds.ServiceBGPStatus, @namespace, change => new ServiceBgpStatusChanged(change), null, labels: StatusLabels.SelectorOf(node));
    }

    /// <summary>Which kinds have not been read yet, and why; null when all have.</summary>
    public string? Missing() => _informers.Missing();

    /// <summary>Which kinds the API server does not tell of at present, and why; null when it tells of all.</summary>
    public string? LostContact() => _informers.LostContact();

    /// <summary>Runs until cancelled; a fault of one kind is thrown at once.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => _informers.RunAsync(cancellationToken);

    private void Follow<T>(ResourceKind<T> kind, string? place, Func<InformerEvent<T>, SpeakerEvent> wrap, Action<T>? trim, string? fields = null, string? labels = null)
        where T : class, IKubeObject =>
        _informers.Add(kind, new Informer<T>(
            _client,
            kind,
            new Selection(place, labels, fields),
            (change, cancellation) => _loop.PostAsync(wrap(change), cancellation),
            new InformerOptions(),
            _time,
            new Random(),
            _logger,
            trim));

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
        node.Status = new NodeStatus
        {
            Conditions = [.. node.Status.Conditions.Where(c => c.Type == "NetworkUnavailable")],
            Addresses = [.. node.Status.Addresses.Where(a => a.Type == "InternalIP")],
        };
        node.Metadata.Annotations = new Dictionary<string, string>();
    }

    // Of what other nodes write it is enough to know that they do.
    private static void Trim(BGPPeer peer, string node) =>
        peer.Status.Sessions = [.. peer.Status.Sessions.Select(s => s.Node == node ? s : new BGPSession { Node = s.Node })];

    // A password is all that is wanted of a Secret.
    private static void Trim(Secret secret)
    {
        secret.Data = secret.Data.Where(static d => d.Key == "password").ToDictionary();
        secret.Metadata = Bare(secret.Metadata);
    }

    private static ObjectMeta Bare(ObjectMeta metadata) => new()
    {
        Namespace = metadata.Namespace,
        Name = metadata.Name,
        Uid = metadata.Uid,
        ResourceVersion = metadata.ResourceVersion,
    };
}
