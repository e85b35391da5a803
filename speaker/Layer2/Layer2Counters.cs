// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Layer2;
using LoadBalancer.Primitives;

namespace LoadBalancer.Speaker.Layer2;

/// <summary>All counters of the layer-2 plane. The reactor writes, the metrics read; every reason has a counter by itself.</summary>
internal sealed class Layer2Counters
{
    private readonly long[] _frameDrops = new long[Enum.GetValues<DropReason>().Length];
    private readonly long[] _heartbeatDrops = new long[Enum.GetValues<Membership.DropReason>().Length];
    private volatile Dictionary<IpAddr, AddressCounters> _addresses = [];
    private volatile IReadOnlyList<AddressConflict> _conflicts = [];

    public IReadOnlyDictionary<IpAddr, AddressCounters> Addresses => _addresses;

    public long HeartbeatsSent { get; set; }

    public long HeartbeatsReceived { get; set; }

    public long HeartbeatCopies => _heartbeatDrops[(int)Membership.DropReason.Copy];

    public long Takeovers { get; set; }

    public long Releases { get; set; }

    public long ForeignClaims { get; set; }

    public long Fenced { get; set; }

    /// <summary>Addresses announced here that a stranger answers for as well, now.</summary>
    public IReadOnlyList<AddressConflict> Conflicts
    {
        get => _conflicts;
        set => _conflicts = value;
    }

    public void Count(DropReason reason) => _frameDrops[(int)reason]++;

    public void Count(Membership.DropReason reason) => _heartbeatDrops[(int)reason]++;

    public IEnumerable<(string Reason, long Count)> FrameDrops() =>
        Enum.GetValues<DropReason>().Where(r => r != DropReason.None).Select(r => (r.ToString(), _frameDrops[(int)r]));

    public IEnumerable<(string Reason, long Count)> HeartbeatDrops() =>
        Enum.GetValues<Membership.DropReason>().Where(r => r is not (Membership.DropReason.None or Membership.DropReason.Copy)).Select(r => (r.ToString(), _heartbeatDrops[(int)r]));

    public AddressCounters? Find(IpAddr address) => _addresses.GetValueOrDefault(address);

    /// <summary>Keeps counters for exactly these addresses; the table that readers hold is never changed.</summary>
    public void Retain(IReadOnlyCollection<IpAddr> addresses)
    {
        Dictionary<IpAddr, AddressCounters> next = new(addresses.Count);
        foreach (IpAddr address in addresses)
        {
            next[address] = _addresses.GetValueOrDefault(address) ?? new();
        }

        _addresses = next;
    }
}
