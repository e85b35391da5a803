// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.Runtime;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Plane;
using LoadBalancer.Vipd.Tracking;
using LoadBalancer.Vrrp;

namespace LoadBalancer.Vipd.Control;

/// <summary>Puts together, on the protocol thread, what it shows of itself.</summary>
internal sealed class PlaneViewBuilder(TimeProvider time)
{
    private static readonly VrrpDiscard[] Reasons = [.. Enum.GetValues<VrrpDiscard>().Where(static r => r != VrrpDiscard.None)];
    private static readonly VrrpMismatch[] Mismatches = Enum.GetValues<VrrpMismatch>();

    private readonly DateTimeOffset _wall = time.GetUtcNow();
    private readonly MonoTime _now = time.MonoNow();
    private readonly List<InstanceRow> _instances = [];
    private readonly List<GroupRow> _groups = [];
    private readonly List<TrackedRow> _tracked = [];
    private readonly Dictionary<string, long> _discards = new(StringComparer.Ordinal);

    public void Add(PlaneInstance instance, MonoTime now)
    {
        VipInstance settings = instance.Spec.Instance;
        VrrpInstance? machine = instance.Machine;
        long discarded = 0;
        foreach (VrrpDiscard reason in Reasons)
        {
            long count = machine?.Discarded(reason) ?? 0;
            discarded += count;
            Count(reason, count);
        }

        VrrpCounters counters = machine?.Counters ?? default;
        string held = machine is null ? "" : Words.Of(machine.Holds & ~VrrpHolds.NoSource);
        _instances.Add(new()
        {
            Name = instance.Name,
            Interface = instance.Link?.Name ?? settings.Interface,
            Family = settings.Family.ToString(),
            VirtualRouterId = settings.RouterId,
            State = Words.Of(instance.State),
            Since = machine is null || instance.LastTransition is null ? null : Wall(machine.Since),
            Held = string.Join("; ", new[] { instance.Problem ?? "", held }.Where(static w => w.Length > 0)),
            Master = instance.State == VrrpState.Master ? instance.Source?.Address.ToString() ?? "" : machine?.MasterAddress?.ToString() ?? "",
            Priority = machine?.EffectivePriority ?? instance.Tracker.Effective,
            ConfiguredPriority = settings.Priority,
            Addresses = [.. settings.Addresses.Concat(settings.ExcludedAddresses).Select(static a => a.Address.ToString())],
            AdvertIntervalSeconds = (machine?.MasterInterval ?? settings.AdvertInterval).TotalSeconds,
            MasterDownIntervalSeconds = machine?.MasterDownInterval.TotalSeconds ?? 0,
            Group = instance.Spec.GroupName,
            LastTransition = instance.LastTransition is { } last
                ? new(Words.Of(last.From), Words.Of(last.To), Words.Of(last.Reason), last.Peer == default ? "" : last.Peer.ToString(), Wall(last.At))
                : null,
            Peers = Peers(machine, now),
            Counters = new(counters.Sent, counters.Received, discarded, counters.FarewellsSent, counters.FarewellsReceived, counters.BecameMaster, counters.Fenced, counters.SendFailures),
        });
    }

    public void Add(PlaneGroup group) => _groups.Add(new(
        group.Settings.Name, group.Machine.IsFaulty ? "fault" : group.Machine.IsMaster ? "master" : "backup", [.. group.Settings.Members]));

    public void Add(IEnumerable<TrackReport> reports) => _tracked.AddRange(
        reports.Select(static r => new TrackedRow(r.Kind.ToString(), r.Name, r.State.ToString(), r.Value, r.Detail)));

    public void Count(VrrpDemultiplexer demultiplexer)
    {
        foreach (VrrpDiscard reason in Reasons)
        {
            Count(reason, demultiplexer.Discarded(reason));
        }
    }

    public PlaneView Build(bool maintenance) => new()
    {
        Maintenance = maintenance,
        Instances = [.. _instances.OrderBy(static i => i.Name, StringComparer.Ordinal)],
        Groups = _groups,
        Tracked = _tracked,
        Discards = _discards,
    };

    private void Count(VrrpDiscard reason, long count) => _discards[reason.ToString()] = _discards.GetValueOrDefault(reason.ToString()) + count;

    private DateTimeOffset Wall(MonoTime at) => _wall - (_now - at);

    private static List<PeerRow> Peers(VrrpInstance? machine, MonoTime now)
    {
        List<PeerRow> rows = [];
        foreach (VrrpPeer peer in machine is null ? default : machine.Peers)
        {
            rows.Add(new(
                peer.Source.ToString(),
                peer.Priority,
                Math.Max(0, (now - peer.LastHeard).TotalSeconds),
                peer.Source == machine!.Source,
                [.. Mismatches.Where(m => peer.Disagrees(m)).Select(Words.Of)]));
        }

        return rows;
    }
}
