// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Membership.Tests;

/// <summary>Two machines that hear each other when told to.</summary>
internal sealed class SegmentPair
{
    public static readonly IpPrefix[] Prefixes = [IpPrefix.Parse("192.0.2.0/24"), IpPrefix.Parse("2001:db8::/64")];

    public SegmentPair(HeartbeatKey? key = null)
    {
        A = new(new MembershipOptions { Node = "a", Key = key }, "eth0", 1);
        B = new(new MembershipOptions { Node = "b", Key = key }, "ens3", 2);
        A.LinkUp(Prefixes, Now);
        B.LinkUp(Prefixes, Now);
    }

    public SegmentMembership A { get; set; }

    public SegmentMembership B { get; set; }

    public MonoTime Now { get; set; } = new(1_000_000_000);

    public List<byte[]> FromA { get; } = [];

    public bool ADelivers { get; set; } = true;

    public bool BDelivers { get; set; } = true;

    /// <summary>Steps of 10 ms.</summary>
    public void Run(int milliseconds)
    {
        for (int step = 0; step < milliseconds; step += 10)
        {
            Now += TimeSpan.FromMilliseconds(10);
            foreach (byte[] datagram in Drive(A))
            {
                FromA.Add(datagram);
                _ = ADelivers ? B.Receive(datagram, Now) : DropReason.None;
            }

            foreach (byte[] datagram in Drive(B))
            {
                _ = BDelivers ? A.Receive(datagram, Now) : DropReason.None;
            }
        }
    }

    private List<byte[]> Drive(SegmentMembership machine)
    {
        List<byte[]> datagrams = [];
        machine.Advance(Now);
        machine.Send(Now, datagrams);
        return datagrams;
    }
}
