// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config;
using LoadBalancer.Kubernetes.Configuration;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Speaker.Cluster;

/// <summary>The objects users configure with, as they were read, and the configuration they come to.</summary>
internal sealed class ConfigurationObjects(string @namespace)
{
    private readonly Dictionary<string, IPAddressPool> _pools = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Kubernetes.Model.L2Advertisement> _l2Advertisements = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BGPPeer> _peers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BGPAdvertisement> _bgpAdvertisements = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Community> _communities = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BFDProfile> _profiles = new(StringComparer.Ordinal);

    /// <summary>Whether something has changed that the configuration in force does not show.</summary>
    public bool IsChanged { get; private set; } = true;

    /// <summary>What is in force.</summary>
    public Config.Configuration Current { get; private set; } = Config.Configuration.Empty;

    /// <summary>All BGPPeers as they were read last.</summary>
    public IReadOnlyCollection<BGPPeer> Peers => _peers.Values;

    /// <summary>A BGPPeer as it was read last.</summary>
    public BGPPeer? Peer(string name) => _peers.GetValueOrDefault(name);

    public void Take(in InformerEvent<IPAddressPool> change) => IsChanged |= Keep(change, _pools);

    public void Take(in InformerEvent<Kubernetes.Model.L2Advertisement> change) => IsChanged |= Keep(change, _l2Advertisements);

    public void Take(in InformerEvent<BGPPeer> change) => IsChanged |= Keep(change, _peers);

    public void Take(in InformerEvent<BGPAdvertisement> change) => IsChanged |= Keep(change, _bgpAdvertisements);

    public void Take(in InformerEvent<Community> change) => IsChanged |= Keep(change, _communities);

    public void Take(in InformerEvent<BFDProfile> change) => IsChanged |= Keep(change, _profiles);

    /// <summary>Judges all objects anew.</summary>
    public void Rebuild()
    {
        IsChanged = false;
        Current = Config.Configuration.Build(
            new ManifestSet([.. _pools.Values.Select(Manifests.Of)], [.. _l2Advertisements.Values.Select(Manifests.Of)], @namespace)
            {
                BgpPeers = [.. _peers.Values.Select(Manifests.Of)],
                BgpAdvertisements = [.. _bgpAdvertisements.Values.Select(Manifests.Of)],
                Communities = [.. _communities.Values.Select(Manifests.Of)],
                BfdProfiles = [.. _profiles.Values.Select(Manifests.Of)],
            },
            Current);
    }

    private static bool Keep<T>(in InformerEvent<T> change, Dictionary<string, T> objects)
        where T : class, IKubeObject
    {
        if (change.Item is not { } item)
        {
            return false;
        }

        string name = item.Metadata.Name!;
        if (change.Type == InformerEventType.Deleted)
        {
            return objects.Remove(name);
        }

        bool changed = !objects.TryGetValue(name, out T? before) || before.Metadata.Generation != item.Metadata.Generation
            || before.Metadata.Uid != item.Metadata.Uid || !before.Metadata.Labels.SequenceEqual(item.Metadata.Labels);
        objects[name] = item;
        return changed;
    }
}
