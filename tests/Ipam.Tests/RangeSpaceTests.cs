// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using LoadBalancer.Config;
using LoadBalancer.Primitives;

namespace LoadBalancer.Ipam.Tests;

/// <summary>The free addresses of a range against a list of them that is walked.</summary>
public sealed class RangeSpaceTests
{
    private static RangeSpace Space(string range, bool avoidBuggy = false) =>
        new PoolSpace(new Pool("lb", "a", 1, [Parse(range)], new Dictionary<string, string>()) { AvoidBuggyIPs = avoidBuggy }).Ranges[0];

    [Theory]
    [InlineData("192.0.2.0/26", false)]
    [InlineData("192.0.2.250-192.0.3.9", false)]
    [InlineData("192.0.2.240-192.0.4.2", true)]
    [InlineData("2001:db8::/122", false)]
    public void RandomTakesAndReleases_LowestIsThatOfAWalkAndGapsAreNeverTwoWhereOneWillDo(string text, bool avoidBuggy) =>
        Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(300), Prop.ForAll<ushort[]>(steps =>
        {
            IpRange range = Parse(text);
            RangeSpace space = Space(text, avoidBuggy);
            bool[] used = new bool[(int)range.CountMinusOne + 1];
            foreach (ushort step in steps)
            {
                int offset = step / 4 % used.Length;
                IpAddr address = IpAddr.FromValue(range.Family, range.First.Value + (UInt128)offset);
                bool buggy = avoidBuggy && RangeSpace.IsBuggyAddress(address);
                if (used[offset])
                    space.Free(address);
                else if (step % 4 == 0 && Lowest(used, range, avoidBuggy) is >= 0 and var lowest)
                    (offset, buggy) = (Take(space, range, lowest), false);
                else if (!buggy)
                    space.Take(address);
                if (!buggy)
                    used[offset] = !used[offset];
                Assert.Equal(Lowest(used, range, avoidBuggy), space.TryFindLowest(out IpAddr found) ? (int)(found.Value - range.First.Value) : -1);
                if (!avoidBuggy)
                    Assert.Equal(Gaps(used), space.GapCount);
                else
                    Assert.InRange(space.GapCount, 0, Gaps(used) + 6);
            }
        }));

    [Fact]
    public void EverySecondReleasedThenTheOthers_NoGapIsLeft()
    {
        RangeSpace space = Space("192.0.2.0/24");
        for (uint i = 0; i < 200; i++)
            space.Take(IpAddr.FromUInt32(0xC0000200 + i));
        for (uint i = 0; i < 198; i += 2)
            space.Free(IpAddr.FromUInt32(0xC0000200 + i));
        Assert.Equal(99, space.GapCount);
        for (uint i = 1; i < 198; i += 2)
            space.Free(IpAddr.FromUInt32(0xC0000200 + i));
        Assert.Equal(1, space.GapCount);
        space.Free(IpAddr.FromUInt32(0xC00002C7));
        Assert.Equal(1, space.GapCount);
        space.Free(IpAddr.FromUInt32(0xC00002C6));
        Assert.Equal(0, space.GapCount);
    }

    [Fact]
    public void WholeOfIPv6_LastAddressIsTakenAndGivenBack()
    {
        RangeSpace space = Space("8000::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
        IpAddr last = space.Range.Last;
        space.Take(space.Range.First);
        space.Take(last);
        Assert.Equal(1, space.GapCount);
        space.Free(last);
        Assert.Equal(0, space.GapCount);
        Assert.True(space.TryFindLowest(out IpAddr lowest));
        Assert.Equal("8000::1", lowest.ToString());
    }

    internal static IpRange Parse(string text) =>
        IpRange.TryParse(text, out IpRange range) ? range : throw new ArgumentException($"{text} is no range", nameof(text));

    private static int Take(RangeSpace space, IpRange range, int offset)
    {
        space.Take(IpAddr.FromValue(range.Family, range.First.Value + (UInt128)offset));
        return offset;
    }

    private static int Lowest(bool[] used, IpRange range, bool avoidBuggy)
    {
        for (int i = 0; i < used.Length; i++)
            if (!used[i] && !(avoidBuggy && RangeSpace.IsBuggyAddress(IpAddr.FromValue(range.Family, range.First.Value + (UInt128)i))))
                return i;
        return -1;
    }

    // Runs of free addresses, without the one that reaches the end of the range.
    private static int Gaps(bool[] used)
    {
        int gaps = 0;
        for (int i = 0; i < used.Length - 1; i++)
            if (!used[i] && used[i + 1])
                gaps++;
        return gaps;
    }
}
