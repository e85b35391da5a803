// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config.Bgp;
using LoadBalancer.Config.Judging;

namespace LoadBalancer.Config;

/// <summary>The kinds whose objects are judged one by one, each after those it refers to.</summary>
internal sealed partial class ConfigurationBuilder
{
    private List<L2Advertisement> JudgeL2Advertisements() => ByName(new KindJudge<L2AdvertisementManifest, L2Advertisement>(
        ObjectKind.L2Advertisement, _manifests.Namespace, _verdicts)
    {
        Read = (manifest, remarks) => ObjectReader.Read(manifest, _named, remarks.Errors, remarks.Unresolved),
    }.Judge(_manifests.L2Advertisements, _previous.L2Advertisements));

    private List<CommunityBook> JudgeCommunities(References references)
    {
        List<CommunityBook> books = new KindJudge<CommunityManifest, CommunityBook>(ObjectKind.Community, _manifests.Namespace, _verdicts)
        {
            Read = CommunityReader.Read,
            Compare = CommunityReader.Compare,
        }.Judge(_manifests.Communities, _previous.CommunityBooks);
        references.Add(books);
        return books;
    }

    private List<BfdProfile> JudgeProfiles(References references)
    {
        List<BfdProfile> profiles = new KindJudge<BfdProfileManifest, BfdProfile>(ObjectKind.BFDProfile, _manifests.Namespace, _verdicts)
        {
            Read = BfdProfileReader.Read,
            IsReferredTo = true,
        }.Judge(_manifests.BfdProfiles, _previous.BfdProfiles);
        references.Exist(ObjectKind.BFDProfile, _manifests.BfdProfiles);
        references.Add(profiles);
        return profiles;
    }

    private List<BgpPeer> JudgePeers(References references)
    {
        Dictionary<(string, string), BgpPeer> before = [];
        foreach (BgpPeer peer in _previous.BgpPeers)
            before[(peer.Namespace, peer.Name)] = peer;
        List<BgpPeer> peers = new KindJudge<BgpPeerManifest, BgpPeer>(ObjectKind.BGPPeer, _manifests.Namespace, _verdicts)
        {
            Read = (manifest, remarks) => BgpPeerReader.Read(manifest, references, before.GetValueOrDefault((manifest.Namespace, manifest.Name)), remarks),
            Compare = BgpPeerClashes.Compare,
            IsReferredTo = true,
        }.Judge(_manifests.BgpPeers, _previous.BgpPeers);
        references.Exist(ObjectKind.BGPPeer, _manifests.BgpPeers);
        references.Add(peers);
        return peers;
    }

    private List<BgpAdvertisement> JudgeBgpAdvertisements(References references) =>
        ByName(new KindJudge<BgpAdvertisementManifest, BgpAdvertisement>(ObjectKind.BGPAdvertisement, _manifests.Namespace, _verdicts)
        {
            Read = (manifest, remarks) => BgpAdvertisementReader.Read(manifest, references, remarks),
            Compare = (advertisement, other) => BgpAdvertisementClashes.Compare(advertisement, other, references.PoolsInForce),
        }.Judge(_manifests.BgpAdvertisements, _previous.BgpAdvertisements));

    private static List<T> ByName<T>(List<T> objects)
        where T : INamedObject
    {
        List<T> sorted = [.. objects];
        sorted.Sort(static (a, b) => a.Name != b.Name ? string.CompareOrdinal(a.Name, b.Name) : string.CompareOrdinal(a.Namespace, b.Namespace));
        return sorted;
    }
}
