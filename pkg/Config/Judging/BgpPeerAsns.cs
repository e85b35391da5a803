// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config.Bgp;

namespace LoadBalancer.Config.Judging;

/// <summary>Reads the AS numbers of a BGPPeer.</summary>
internal static class BgpPeerAsns
{
    public static (uint Mine, PeerAsn Peer, uint? Local) Read(BgpPeerManifest manifest, Remarks remarks)
    {
        uint mine = (uint)(Fields.Number(manifest.MyAsn, "spec.myASN", 1, uint.MaxValue, remarks) ?? 1);
        // A peerASN of 0 is one that was left out: MetalLB's own tools write it so.
        long? number = Fields.Number(manifest.PeerAsn == 0 ? null : manifest.PeerAsn, "spec.peerASN", 1, uint.MaxValue, remarks);
        PeerAsn? dynamic = manifest.DynamicAsn switch
        {
            null or "" => null,
            "internal" => PeerAsn.Internal,
            "external" => PeerAsn.External,
            _ => Unknown(manifest.DynamicAsn, remarks),
        };
        bool hasNumber = manifest.PeerAsn is not (null or 0);
        if (hasNumber && !string.IsNullOrEmpty(manifest.DynamicAsn))
            remarks.Errors.Add("spec.peerASN and spec.dynamicASN are both set: keep the number, or let the peer say it");
        else if (!hasNumber && string.IsNullOrEmpty(manifest.DynamicAsn))
            remarks.Errors.Add("spec.peerASN is missing: give the peer's AS number, or spec.dynamicASN as internal or external");
        PeerAsn peer = dynamic ?? PeerAsn.Of((uint)(number ?? 1));
        return (mine, peer, ReadLocal(manifest, mine, peer, remarks));
    }

    private static PeerAsn? Unknown(string text, Remarks remarks)
    {
        remarks.Errors.Add($"spec.dynamicASN is \"{text}\": use internal or external");
        return null;
    }

    private static uint? ReadLocal(BgpPeerManifest manifest, uint mine, PeerAsn peer, Remarks remarks)
    {
        if (Fields.Number(manifest.LocalAsn, "spec.localASN", 1, uint.MaxValue, remarks) is not { } local)
            return null;
        // RFC 7705 2: another AS number is shown to external peers only, and a session that is internal by it would not be one.
        if (peer.IsInternal(mine))
            remarks.Errors.Add("spec.localASN is for external peers, and this one is internal: remove it");
        else if (peer.IsInternal((uint)local))
            remarks.Errors.Add($"spec.localASN and spec.peerASN are both {local}: an AS number shown to a peer must not be its own; change or remove spec.localASN");
        return local == mine ? null : (uint)local;
    }
}
