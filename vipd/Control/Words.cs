// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Vrrp;

namespace LoadBalancer.Vipd.Control;

/// <summary>Members of enumerations as an operator reads them.</summary>
internal static class Words
{
    public static string Of(VrrpState state) => state switch
    {
        VrrpState.Initialize => "initialize",
        VrrpState.Backup => "backup",
        VrrpState.Master => "master",
        _ => throw new UnreachableException(),
    };

    public static string Of(VrrpReason reason) => reason switch
    {
        VrrpReason.Started => "it began to run",
        VrrpReason.OwnerStarted => "it began to run and owns the addresses",
        VrrpReason.Resumed => "it was master a moment ago, before a restart",
        VrrpReason.MasterSilent => "nothing was heard of a master for a master-down interval",
        VrrpReason.MasterResigned => "the master said farewell",
        VrrpReason.Preempted => "the master's priority is lower",
        VrrpReason.GroupPromoted => "its sync group moves here",
        VrrpReason.GroupDemoted => "its sync group leaves this node",
        VrrpReason.Claimed => "an operator moved it here",
        VrrpReason.Yielded => "an operator moved it away",
        VrrpReason.SuperiorHeard => "a better master was heard",
        VrrpReason.Overslept => "the process was not scheduled for so long that another node may be master",
        VrrpReason.SendFailing => "nothing could be sent for so long that another node may be master",
        VrrpReason.Stopped => "it was stopped",
        VrrpReason.SourceLost => "there is no address to send from",
        VrrpReason.Faulted => "something tracked has failed",
        VrrpReason.GroupFaulted => "another member of its sync group has a fault",
        VrrpReason.Maintenance => "an operator keeps the node out",
        _ => throw new UnreachableException(),
    };

    public static string Of(VrrpMismatch mismatch) => mismatch switch
    {
        VrrpMismatch.Version => "speaks another VRRP version, so each is deaf to the other: set vrrpVersion alike",
        VrrpMismatch.Authentication => "has other authentication or another password, so each is deaf to the other: set authentication alike",
        VrrpMismatch.Interval => "has another advertInterval: set it alike",
        VrrpMismatch.Addresses => "advertises other addresses beside some of ours: set addresses alike",
        VrrpMismatch.ForeignRouter => "advertises none of our addresses: another virtual router has our number, change one virtualRouterId",
        VrrpMismatch.Checksum => "sums its checksum in the other form and may ignore us: set checksum alike",
        VrrpMismatch.SecondOwner => "says that it owns the addresses, as we do: give one of them a priority below 255",
        VrrpMismatch.OwnSource => "sends from our own address: find the host that has it too, or the switch that reflects frames",
        VrrpMismatch.DoesNotHearUs => "goes on with a lower priority although we answer: it does not hear us, look at the path to it",
        VrrpMismatch.FarewellTakenBack => "advertised again right after its farewell: it came back, or the farewell was forged",
        VrrpMismatch.FirstAddress => "does not advertise a link-local address first (RFC 9568 5.2.9)",
        VrrpMismatch.Transport => "sends by unicast and we by multicast, or the reverse, or is none of our peers: set unicast alike",
        VrrpMismatch.HopLimit => "arrives with a lower hop limit than we take, so we are deaf to it: it was forwarded, or set unicast.peers[].minTtl (keepalived sends 64 over IPv6)",
        _ => throw new UnreachableException(),
    };

    /// <summary>What keeps an instance out; empty for nothing.</summary>
    public static string Of(VrrpHolds holds)
    {
        List<string> words = [];
        void Add(VrrpHolds hold, string word)
        {
            if ((holds & hold) != 0)
            {
                words.Add(word);
            }
        }

        Add(VrrpHolds.NotStarted, "not started");
        Add(VrrpHolds.NoSource, "no address to send from");
        Add(VrrpHolds.Fault, "something tracked has failed");
        Add(VrrpHolds.GroupFault, "another member of its sync group has a fault");
        Add(VrrpHolds.Maintenance, "maintenance");
        return string.Join(", ", words);
    }
}
