// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tests;

/// <summary>Two namespaces joined by cables: eth0 to eth0, eth1 to eth1. Hardware addresses are 02:00:00:00:0[ab]:[link].</summary>
internal sealed class Segment : IDisposable
{
    public Segment(int cables = 1)
    {
        A = new();
        B = new();
        for (int i = 0; i < cables; i++)
        {
            // IPv4 addresses on one side differ from the other's by the last octet: .1 and .2 of 192.0.2.0/28 and so on.
            TestNamespace.Run("ip", "link", "add", $"eth{i}", "netns", A.Name, "address", $"02:00:00:00:0a:0{i}", "type", "veth", "peer", $"eth{i}", "netns", B.Name, "address", $"02:00:00:00:0b:0{i}");
            foreach (TestNamespace side in new[] { A, B })
            {
                side.Ip($"link set eth{i} up");
                side.Ip($"address add 192.0.2.{(i * 16) + (side == A ? 1 : 2)}/28 dev eth{i}");
            }
        }
    }

    public TestNamespace A { get; }

    public TestNamespace B { get; }

    public static MacAddr MacA(int cable = 0) => MacAddr.Parse($"02:00:00:00:0a:0{cable}");

    public static MacAddr MacB(int cable = 0) => MacAddr.Parse($"02:00:00:00:0b:0{cable}");

    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
    }
}
