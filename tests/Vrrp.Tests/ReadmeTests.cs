// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.Testing;

namespace LoadBalancer.Vrrp.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public void Example_OnASilentSegment_BecomesMaster()
    {
        Recorder sink = new();
        MonoTime clock = new(1_000_000_000);
        MonoTime Now() => clock;
        void WaitUntil(MonoTime instant) => clock = instant;

        // README: begin
        VrrpParameters parameters = new()
        {
            VirtualRouterId = 51,
            Priority = 150,
            Interval = TimeSpan.FromMilliseconds(100),
            Addresses = [IpAddr.Parse("192.0.2.100")],
            Policy = new VrrpPolicy { DownAdvertisements = 5 },
        };
        VrrpKey key = new(InterfaceIndex: 2, IpFamily.IPv4, parameters.VirtualRouterId);
        VrrpInstance router = new(key, parameters);
        router.Step(VrrpEvent.Source(IpAddr.Parse("192.0.2.1"), prefixLength: 24), Now(), sink);
        router.Step(VrrpEvent.Start, Now(), sink);
        while (router.State != VrrpState.Master)
        {
            WaitUntil(router.NextDeadline);
            router.Step(VrrpEvent.Timer, Now(), sink);
        }
        // README: end

        Assert.Equal(["let go", "let go", "Initialize to Backup: Started", "send 150", "hold", "announce 1", "Backup to Master: MasterSilent"], sink.Log);
    }

    [Fact]
    public void Example_InTheReadme_IsTheOneThatRuns()
    {
        string[] source = File.ReadAllLines(Checkout.PathOf("tests", "Vrrp.Tests", "ReadmeTests.cs"));
        int begin = Array.FindIndex(source, line => line.EndsWith("// README: begin", StringComparison.Ordinal));
        int end = Array.FindIndex(source, line => line.EndsWith("// README: end", StringComparison.Ordinal));
        string example = string.Join('\n', source[(begin + 1)..end].Select(line => line.Length > 8 ? line[8..] : ""));
        Assert.Contains(example, File.ReadAllText(Checkout.PathOf("pkg", "Vrrp", "README.md")), StringComparison.Ordinal);
    }
}
