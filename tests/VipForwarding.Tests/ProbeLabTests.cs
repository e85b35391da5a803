// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Tests.Nftables;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Health;
using LoadBalancer.Vrrp.Tracking;

namespace LoadBalancer.VipForwarding.Tests;

/// <summary>Checks that need a network of their own, or privileges.</summary>
public sealed class ProbeLabTests : IAsyncDisposable
{
    private readonly PlaneLab _lab = new();

    private async Task<HealthVerdict> Ask(HealthCheck check, string address, int port = PlaneLab.HealthPort)
    {
        TaskCompletionSource<HealthVerdict> verdict = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using HealthWatch watch = new(
            check with { Interval = TimeSpan.FromHours(1), Warmup = TimeSpan.Zero }, IpAddr.Parse(address), port, _lab.Tools, TrackState.Unknown, v => verdict.TrySetResult(v));
        return await verdict.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("192.0.2.18")]
    [InlineData("2001:db8:2::18")]
    public async Task Ping_HostThatIsThere_IsUp(string address)
    {
        // With and without the datagram sockets for everybody.
        foreach (string range in (string[])["1 0", "0 2147483647"])
        {
            _lab.Network.Balancer.Within(() =>
            {
                File.WriteAllText("/proc/sys/net/ipv4/ping_group_range", range);
                return 0;
            });
            Assert.Equal(new HealthVerdict(true, "echo reply"), await Ask(new() { Kind = CheckKind.Ping, Timeout = TimeSpan.FromSeconds(20) }, address));
        }
    }

    [Theory]
    [InlineData(CheckKind.Ping, "an echo reply")]
    [InlineData(CheckKind.Tcp, "a connection")]
    [InlineData(CheckKind.Http, "a connection")]
    public async Task Host_ThatIsSilent_FailsInTime(CheckKind kind, string awaited)
    {
        _lab.Network.Balancer.Ip("neighbor add 192.0.2.30 lladdr 02:00:00:00:00:30 dev s0");

        Assert.Equal(new HealthVerdict(false, $"no answer within 0.2 s: waited for {awaited}"), await Ask(new() { Kind = kind, Timeout = TimeSpan.FromSeconds(0.2) }, "192.0.2.30"));
    }

    [Fact]
    public async Task Route_Missing_SaysSo()
    {
        _lab.Network.Balancer.Ip("route add unreachable 203.0.113.128/25");

        Assert.Equal("host unreachable", (await Ask(new() { Kind = CheckKind.Tcp, Timeout = TimeSpan.FromSeconds(20) }, "203.0.113.129")).Words);
        Assert.Equal("network unreachable: this node has no route there", (await Ask(new() { Kind = CheckKind.Tcp, Timeout = TimeSpan.FromSeconds(20) }, "203.0.113.2")).Words);
    }

    [Fact]
    public async Task Mark_AndInterface_AreThePackets()
    {
        _lab.Network.Run("add table inet marked\nadd chain inet marked output { type filter hook output priority 0 ; }\nadd rule inet marked output meta mark 0x2a counter reject with tcp reset\n");
        HealthCheck check = new() { Kind = CheckKind.Tcp, Timeout = TimeSpan.FromSeconds(1) };
        string server = ForwardLab.Endpoints(IpFamily.IPv4)[0].Address.ToString();

        Assert.True((await Ask(check, server)).IsUp);
        Assert.Equal("connection refused", (await Ask(check with { FirewallMark = 0x2A }, server)).Words);
        Assert.True((await Ask(check with { FirewallMark = 0x2B, BindInterface = "s0" }, server)).IsUp);
        Assert.False((await Ask(check with { BindInterface = "c0" }, server)).IsUp);
        Assert.False((await Ask(check with { BindInterface = "none" }, server)).IsUp);
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();
}
