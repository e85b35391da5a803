// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config.Bgp;

namespace LoadBalancer.Config.Tests;

/// <summary>Short forms for manifests of the BGP kinds, valid unless a test makes them otherwise.</summary>
internal static class Bgp
{
    public static BgpPeerManifest Peer(string name = "r1", string address = "192.0.2.1") => new("lb", name, 1, 1) { MyAsn = 64500, PeerAsn = 64501, PeerAddress = address };

    /// <summary>The peer, as one that many connect to from a prefix.</summary>
    public static BgpPeerManifest Range(BgpPeerManifest peer, string range) => peer with { PeerAddress = range, Passive = true };

    public static BgpAdvertisementManifest Advertisement(string name = "ad") => new("lb", name, 1, 1);

    public static CommunityManifest Community(string name, params (string Name, string Value)[] aliases) =>
        new("lb", name, 1, 1, [.. aliases.Select(a => new CommunityAliasManifest(a.Name, a.Value))]);

    public static BfdProfileManifest Profile(string name) => new("lb", name, 1, 1);

    public static PoolManifest Pool(string name, params string[] addresses) => new("lb", name, 1, 1, addresses);

    public static LabelSelectorManifest Label(string key, string value) => new(new Dictionary<string, string> { [key] = value });

    public static LabelSelectorManifest In(string key, params string[] values) => new(null, [new(key, "In", values)]);

    public static ManifestSet Set(params object[] manifests) => new([.. manifests.OfType<PoolManifest>()], [.. manifests.OfType<L2AdvertisementManifest>()])
    {
        BgpPeers = [.. manifests.OfType<BgpPeerManifest>()],
        BgpAdvertisements = [.. manifests.OfType<BgpAdvertisementManifest>()],
        Communities = [.. manifests.OfType<CommunityManifest>()],
        BfdProfiles = [.. manifests.OfType<BfdProfileManifest>()],
    };

    public static Configuration Build(params object[] manifests) => Configuration.Build(Set(manifests));

    public static ObjectVerdict VerdictOn(this Configuration configuration, string name) => Assert.Single(configuration.Verdicts, v => v.Name == name);

    /// <summary>The one peer, accepted without a word.</summary>
    public static BgpPeer Accepted(BgpPeerManifest manifest)
    {
        Configuration configuration = Build(manifest);
        ObjectVerdict verdict = Assert.Single(configuration.Verdicts);
        Assert.True(verdict is { Accepted: true, Reason: VerdictReason.Accepted }, verdict.Message);
        return Assert.Single(configuration.BgpPeers);
    }

    /// <summary>Asserts that the manifest is refused with this sentence in its message.</summary>
    public static void Refused(BgpPeerManifest manifest, string sentence)
    {
        Configuration configuration = Build(manifest);
        Is(Assert.Single(configuration.Verdicts), false, VerdictReason.InvalidSpec, sentence);
        Assert.Empty(configuration.BgpPeers);
        Assert.StartsWith($"BGPPeer {manifest.Name}: ", Assert.Single(configuration.Verdicts).Message, StringComparison.Ordinal);
    }

    public static void Is(ObjectVerdict verdict, bool accepted, VerdictReason reason, string sentence)
    {
        Assert.Contains(sentence, verdict.Message, StringComparison.Ordinal);
        Assert.Equal((accepted, reason), (verdict.Accepted, verdict.Reason));
    }
}
