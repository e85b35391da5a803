// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Bfd.Tests;

public sealed class AllocationTests
{
    public static TheoryData<BfdAuthenticationType> Types => [(BfdAuthenticationType)0, .. Enum.GetValues<BfdAuthenticationType>()];

    /// <summary>A whole exchange as a driver does it: read, find, step, arm, and the timer's packet; type 0: no authentication.</summary>
    [Theory]
    [MemberData(nameof(Types))]
    public void Exchange_TenThousandPackets_AllocatesNothing(BfdAuthenticationType type)
    {
        BfdAuthentication? authentication = type == default ? null : new(type, new BfdKey(1, "a key"u8));
        Link link = new(seed: 1, sessions: 1, new BfdParameters { Authentication = authentication });
        link.Run(TimeSpan.FromMinutes(1));
        long least = long.MaxValue;
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            long packets = link.Delivered;
            link.Run(TimeSpan.FromMinutes(25));
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.InRange(link.Delivered - packets, 10_000, int.MaxValue);
        }

        // The least of three: the runtime's own caches may grow on this thread, once; an octet per packet shows in all.
        Assert.Equal(0, least);
        Assert.Equal(2, link.UpCount);
    }
}
