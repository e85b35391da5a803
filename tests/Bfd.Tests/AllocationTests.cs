// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Testing;

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
        long packets = link.Delivered;
        Assert.Equal(0, AllocationMeter.LeastOf(1, () => link.Run(TimeSpan.FromMinutes(8))));
        Assert.InRange(link.Delivered - packets, 20_000, int.MaxValue);
        Assert.Equal(2, link.UpCount);
    }
}
