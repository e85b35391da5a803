// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux.Tests;

public sealed class NetworkNamespaceTests
{
    [Fact]
    public void Enter_OnAThread_OnlyThatThreadMoves()
    {
        using TestNamespace place = new();
        string outside = new FileInfo("/proc/thread-self/ns/net").LinkTarget!;

        string inside = place.Within(() => new FileInfo("/proc/thread-self/ns/net").LinkTarget!);

        Assert.NotEqual(outside, inside);
        Assert.Equal(outside, new FileInfo("/proc/thread-self/ns/net").LinkTarget);
    }

    [Fact]
    public void Enter_NoSuchNamespace_NamesIt()
    {
        LinuxException fault = Assert.Throws<LinuxException>(() => NetworkNamespace.Enter("/run/netns/none-of-the-kind"));

        Assert.Contains("/run/netns/none-of-the-kind", fault.Message, StringComparison.Ordinal);
    }
}
