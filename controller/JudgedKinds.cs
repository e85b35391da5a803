// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config;
using LoadBalancer.Kubernetes.Configuration;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Controller;

/// <summary>All objects that make up the configuration.</summary>
internal sealed class JudgedKinds
{
    private readonly JudgedKind<Kubernetes.Model.L2Advertisement> _l2Advertisements = new(ObjectKind.L2Advertisement, a => a.Status.Conditions);
    private readonly JudgedKind<BGPPeer> _peers = new(ObjectKind.BGPPeer, p => p.Status.Conditions);
    private readonly JudgedKind<BGPAdvertisement> _bgpAdvertisements = new(ObjectKind.BGPAdvertisement, a => a.Status.Conditions);
    private readonly JudgedKind<Community> _communities = new(ObjectKind.Community, c => c.Status.Conditions);
    private readonly JudgedKind<BFDProfile> _profiles = new(ObjectKind.BFDProfile, p => p.Status.Conditions);
    private readonly Dictionary<ObjectKind, JudgedKind> _all;

    public JudgedKinds() =>
        _all = new JudgedKind[] { Pools, _l2Advertisements, _peers, _bgpAdvertisements, _communities, _profiles }.ToDictionary(k => k.Kind);

    public JudgedKind<IPAddressPool> Pools { get; } = new(ObjectKind.IPAddressPool, p => p.Status.Conditions);

    public bool IsSynced => _all.Values.All(k => k.IsSynced);

    public JudgedKind Of(ObjectKind kind) => _all[kind];

    public JudgedKind<T> Of<T>()
        where T : class, IKubeObject => _all.Values.OfType<JudgedKind<T>>().Single();

    public bool Take<T>(in InformerEvent<T> change)
        where T : class, IKubeObject => Of<T>().Take(change);

    public ManifestSet ToManifests(string @namespace) => new(
        [.. Pools.All.Select(Manifests.Of)], [.. _l2Advertisements.All.Select(Manifests.Of)], @namespace)
    {
        BgpPeers = [.. _peers.All.Select(Manifests.Of)],
        BgpAdvertisements = [.. _bgpAdvertisements.All.Select(Manifests.Of)],
        Communities = [.. _communities.All.Select(Manifests.Of)],
        BfdProfiles = [.. _profiles.All.Select(Manifests.Of)],
    };
}
