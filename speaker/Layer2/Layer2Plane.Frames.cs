// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Layer2;
using LoadBalancer.Linux;
using LoadBalancer.Primitives;

namespace LoadBalancer.Speaker.Layer2;

internal sealed partial class Layer2Plane
{
    // A successor announces before we have heard its claim: only a claim that outlives a handover is a stranger's.
    private static readonly TimeSpan ClaimPatience = TimeSpan.FromSeconds(1);
    private const int MostClaims = 1024;

    private readonly ClaimDefence _defence = new(ClaimDefence.DefaultInterval);
    private readonly Dictionary<IpAddr, (ForeignClaim Claim, MonoTime Due)> _claims = [];

    private MonoTime NextClaim
    {
        get
        {
            MonoTime next = MonoTime.Never;
            foreach ((_, MonoTime due) in _claims.Values)
            {
                next = MonoTime.Min(next, due);
            }

            return next;
        }
    }

    public void TakeArp(AnnouncingInterface on, ReadOnlySpan<byte> frame)
    {
        Span<byte> reply = stackalloc byte[ArpResponder.ReplyLength];
        Answer(on, IpFamily.IPv4, ArpResponder.Decide(frame, on.Facts, _table, reply), reply);
    }

    public void TakeNeighborDiscovery(AnnouncingInterface on, ReadOnlySpan<byte> frame)
    {
        Span<byte> reply = stackalloc byte[NdpResponder.ReplyLength];
        Answer(on, IpFamily.IPv6, NdpResponder.Decide(frame, on.Facts, _table, reply), reply);
    }

    public void TakeHeartbeat(AnnouncingInterface on, ReadOnlySpan<byte> datagram)
    {
        Membership.DropReason reason = _election.Receive(on.Facts.Name, datagram, Reactor.Now);
        Counters.HeartbeatsReceived++;
        Counters.Count(reason);
    }

    private void Answer(AnnouncingInterface on, IpFamily family, in ResponderDecision decision, ReadOnlySpan<byte> reply)
    {
        if (decision.IsReply)
        {
            AddressCounters? counters = Counters.Find(decision.Target);
            counters?.CountRequest();
            if (Reactor.Now > _election.FenceAt)
            {
                // This process stood still for so long that others may have taken over: silent until the election has looked.
                Counters.Fenced++;
            }
            else if (on.Send(family, reply[..decision.ReplyLength]))
            {
                counters?.CountResponse();
            }

            return;
        }

        Counters.Count(decision.Reason);
        if (decision.Claim is { } claim && _claims.Count < MostClaims)
        {
            _claims.TryAdd(claim.Address, (claim, Reactor.Now + ClaimPatience));
        }
    }

    private void ReconsiderClaims(MonoTime now)
    {
        if (_claims.Count == 0)
        {
            return;
        }

        Span<byte> octets = stackalloc byte[GratuitousFrame.MaxLength];
        foreach ((IpAddr address, (ForeignClaim claim, MonoTime due)) in _claims)
        {
            if (due > now)
            {
                continue;
            }

            _claims.Remove(address);
            ClaimVerdict verdict = _defence.Judge(claim, _table, Strangers, now);
            AnnouncingInterface? on = _interfaces.Values.FirstOrDefault(i => i.Facts.Index == claim.InterfaceIndex);
            if (verdict is ClaimVerdict.Defend or ClaimVerdict.Paced && on is not null)
            {
                NoteConflict(claim, on.Facts.Name, now);
            }

            if (verdict != ClaimVerdict.Defend)
            {
                continue;
            }

            Counters.ForeignClaims++;
            if (on is not null && GratuitousFrame.Defence(address, on.Facts).TryWrite(octets, out int length))
            {
                on.Send(address.Family, octets[..length]);
            }
        }
    }

    private static IReadOnlySet<MacAddr> Strangers { get; } = new HashSet<MacAddr>();
}
