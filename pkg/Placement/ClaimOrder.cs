// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Membership;

namespace LoadBalancer.Placement;

/// <summary>
/// Which of two claims to one address stands, the same on both sides: one not yielded, then the higher epoch (the later
/// takeover), then the higher rendezvous weight, then the smaller name.
/// </summary>
public static class ClaimOrder
{
    /// <summary>Positive when the left claim stands against the right one; zero only for one node's same claim.</summary>
    public static int Compare(in Claim left, string leftNode, in Claim right, string rightNode)
    {
        if (left.Yielded != right.Yielded)
        {
            return left.Yielded ? -1 : 1;
        }

        if (left.Epoch != right.Epoch)
        {
            return left.Epoch > right.Epoch ? 1 : -1;
        }

        ulong address = Rendezvous.HashAddress(left.Address);
        int byWeight = Rendezvous.Weigh(Rendezvous.HashNode(leftNode), address)
            .CompareTo(Rendezvous.Weigh(Rendezvous.HashNode(rightNode), address));
        return byWeight != 0 ? byWeight : string.CompareOrdinal(rightNode, leftNode);
    }
}
