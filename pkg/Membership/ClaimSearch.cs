// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Membership;

/// <summary>Binary search over claims that ascend by address.</summary>
internal static class ClaimSearch
{
    /// <summary>Index of the first claim whose address is greater.</summary>
    public static int FirstAbove(List<Claim> claims, IpAddr address)
    {
        int low = 0;
        int high = claims.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (claims[middle].Address <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    public static bool Contains(List<Claim> claims, IpAddr address)
    {
        int above = FirstAbove(claims, address);
        return above > 0 && claims[above - 1].Address == address;
    }
}
