// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tests;

public sealed class SolicitedNodeGroupsTests : IDisposable
{
    private readonly Segment _segment = new();
    private readonly SolicitedNodeGroups _groups = new();
    private readonly int _eth0;

    public SolicitedNodeGroupsTests() => _eth0 = _segment.A.IndexOf("eth0");

    private static IpAddr Group(int number) => IpAddr.Parse($"2001:db8::{number:x}:{number:x}").SolicitedNodeGroup;

    // /proc/net/igmp6: index, name, group in 32 hexadecimal digits, users, flags, timer.
    private bool InKernel(IpAddr group)
    {
        Span<byte> octets = stackalloc byte[16];
        group.Write(octets);
        string digits = Convert.ToHexStringLower(octets);
        return _segment.A.ProcNet("igmp6").Split('\n').Any(l => l.Contains("eth0", StringComparison.Ordinal) && l.Contains(digits, StringComparison.Ordinal));
    }

    private void Join(IpAddr group) => _segment.A.Within(() =>
    {
        _groups.Join(_eth0, group);
        return 0;
    });

    // What a program prints, once it contains something, or at the end of patience.
    private static string Until(string wanted, Func<string> look)
    {
        MonoTime deadline = Reactor.Now + TimeSpan.FromSeconds(20);
        string seen;
        do
        {
            seen = look();
        }
        while (!seen.Contains(wanted, StringComparison.Ordinal) && Reactor.Now < deadline);
        return seen;
    }

    [Fact]
    public void Group_JoinedAndLeft_KernelFollows()
    {
        Join(Group(1));
        Assert.True(InKernel(Group(1)));
        _groups.Leave(_eth0, Group(1));
        Assert.False(InKernel(Group(1)));
        _groups.Leave(_eth0, Group(1));
    }

    [Fact]
    public void Group_LinkDownAndUp_IsStillJoined()
    {
        Join(Group(1));
        _segment.A.Ip("link set eth0 down");
        _segment.A.Ip("link set eth0 up");

        Assert.True(InKernel(Group(1)));
        // The kernel gives the hardware its groups back once the carrier is there again, a moment later.
        Assert.Contains("33:33:ff:01:00:01", Until("33:33:ff:01:00:01", () => _segment.A.Ip("maddress show dev eth0")), StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_ManyMoreThanOneSocketHolds_AreAllJoinedAndLeft()
    {
        const int Count = 1000;
        for (int i = 1; i <= Count; i++)
        {
            Join(Group(i));
        }

        Assert.All([1, 64, 65, 500, Count], i => Assert.True(InKernel(Group(i))));
        for (int i = 1; i <= Count; i++)
        {
            _groups.Leave(_eth0, Group(i));
        }

        Assert.All([1, 64, 65, 500, Count], i => Assert.False(InKernel(Group(i))));
    }

    // What a membership on a packet socket would not do: a snooping switch learns the port by the kernel's MLD report.
    [Fact]
    public void Group_BehindASnoopingSwitch_IsReported()
    {
        _segment.B.Ip("link add br0 type bridge mcast_snooping 1");
        _segment.B.Ip("link set eth0 master br0");
        _segment.B.Ip("link set br0 up");
        Join(Group(1));
        string digits = Group(1).ToString();
        string known = Until(digits, () => TestNamespace.Run("bridge", "-n", _segment.B.Name, "mdb", "show"));

        Assert.Contains($"grp {digits}", known, StringComparison.Ordinal);
    }

    [Fact]
    public void Group_InterfaceIsGone_JoinSaysSoAndLeaveIsQuiet()
    {
        Join(Group(1));
        _segment.A.Ip("link delete eth0");

        _groups.Leave(_eth0, Group(1));
        LinuxException fault = Assert.Throws<LinuxException>(() => Join(Group(2)));
        Assert.Equal(LinuxException.NoDevice, fault.Error);
    }

    public void Dispose()
    {
        _groups.Dispose();
        _segment.Dispose();
    }
}
