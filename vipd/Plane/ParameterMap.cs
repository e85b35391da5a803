// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vrrp;
using Wire = LoadBalancer.Vrrp;

namespace LoadBalancer.Vipd.Plane;

/// <summary>From an instance as it is configured to the parameters of the protocol.</summary>
internal static class ParameterMap
{
    /// <summary>The first frames of a burst: later ones reach hosts whose switch port was only just coming up.</summary>
    private static readonly TimeSpan[] Opening = [TimeSpan.Zero, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(1)];

    private static readonly TimeSpan LaterSpacing = TimeSpan.FromMilliseconds(500);
    private const int MostRounds = 12;

    public static VrrpParameters Of(VipInstance instance, GlobalSettings global, bool grouped)
    {
        IpFamily family = instance.Family;
        bool unicast = instance.Unicast is { Peers.Count: > 0 };
        return new()
        {
            Version = instance.Version switch
            {
                VipConfig.VrrpVersion.V2 => Wire.VrrpVersion.V2,
                VipConfig.VrrpVersion.V3 => Wire.VrrpVersion.V3,
                _ => throw new UnreachableException(),
            },
            Family = family,
            VirtualRouterId = (byte)instance.RouterId,
            Priority = (byte)instance.Priority,
            Interval = instance.AdvertInterval,
            Addresses = [.. instance.Addresses.Select(static a => a.Address.Address)],
            Peers = unicast ? [.. instance.Unicast!.Peers.Select(p => new Wire.UnicastPeer(p.Address, LeastTtl(instance.Unicast, p)))] : [],
            Group = unicast ? null : GroupOf(instance, global),
            Password = PasswordOf(instance),
            Grouped = grouped,
            Policy = PolicyOf(instance),
        };
    }

    /// <summary>The group advertisements go to; null for the protocol's.</summary>
    public static IpAddr? GroupOf(VipInstance instance, GlobalSettings global) =>
        instance.MulticastGroup ?? (instance.Family == IpFamily.IPv4 ? global.MulticastGroup4 : global.MulticastGroup6);

    /// <summary>When a new master announces: a burst of so many rounds, and a second one.</summary>
    public static IReadOnlyList<TimeSpan> Rounds(AnnounceSettings announce)
    {
        List<TimeSpan> rounds = [];
        int count = Math.Clamp(announce.Repeat, 1, MostRounds);
        for (int i = 0; i < count; i++)
        {
            rounds.Add(Offset(i));
        }

        for (int i = 0; i < count && announce.SecondAfter > TimeSpan.Zero; i++)
        {
            TimeSpan at = announce.SecondAfter + Offset(i);
            if (at > rounds[^1])
            {
                rounds.Add(at);
            }
        }

        return rounds;
    }

    private static TimeSpan Offset(int round) => round < Opening.Length ? Opening[round] : Opening[^1] + (LaterSpacing * (round - Opening.Length + 1));

    private static VrrpPolicy PolicyOf(VipInstance instance) => new()
    {
        DownAdvertisements = (byte)instance.DeadAfter,
        Preempt = instance.Preempt,
        PreemptDelay = instance.PreemptDelay,
        AcceptMode = instance.Accept,
        Assert = instance.AdvertiseToLower,
        OwnerIgnoresAdvertisements = instance.OwnerIgnoresAdverts,
        Checksum = instance.Checksum switch
        {
            VipConfig.ChecksumForm.PseudoHeader => ChecksumMode.PseudoHeader,
            VipConfig.ChecksumForm.MessageOnly => ChecksumMode.MessageOnly,
            VipConfig.ChecksumForm.LikeMaster => ChecksumMode.Auto,
            _ => throw new UnreachableException(),
        },
        AcceptOffSubnet = !instance.CheckSubnet,
        AcceptUnknownPeers = instance.Unicast is { CheckSource: false },
        Announcements = Rounds(instance.Announce),
        Refresh = instance.Announce.RefreshInterval,
        RefreshRepeat = (byte)Math.Clamp(instance.Announce.RefreshRepeat, 1, byte.MaxValue),
    };

    // A peer that sends with less than 255 is behind a router, as the sender here says of itself.
    private static byte LeastTtl(UnicastSettings unicast, VipConfig.UnicastPeer peer) =>
        (byte)(peer.MinTtl ?? (unicast.Ttl < VrrpWire.FullHopLimit ? 1 : VrrpWire.FullHopLimit));

    // RFC 2338 5.3.10: eight octets count.
    private static VrrpPassword? PasswordOf(VipInstance instance)
    {
        if (instance.Authentication is not { } authentication)
        {
            return null;
        }

        string text = authentication.Password.Reveal();
        while (Encoding.UTF8.GetByteCount(text) > VrrpPassword.Length)
        {
            text = text[..^1];
        }

        return VrrpPassword.TryCreate(text, out VrrpPassword password) ? password : null;
    }
}
