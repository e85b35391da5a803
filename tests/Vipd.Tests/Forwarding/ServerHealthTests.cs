// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Forwarding;

namespace LoadBalancer.Vipd.Tests.Forwarding;

public sealed class ServerHealthTests
{
    private static readonly RealServer Server = new() { Weight = 10 };

    [Fact]
    public void NoChecks_IsUpWithItsWeight() => Assert.Equal(new ServerHealth(true, 10), ServerHealth.Of(Server, []));

    [Fact]
    public void OneDown_IsDown()
    {
        ServerHealth health = ServerHealth.Of(Server, [new(true, ""), new(false, ""), new(true, "")]);

        Assert.Equal((false, 0), (health.IsUp, health.LiveWeight));
    }

    [Theory]
    [InlineData(null, 0, 10)]
    [InlineData(50, 0, 50)]
    [InlineData(0, 0, 0)]
    [InlineData(50, -20, 30)]
    [InlineData(null, -20, 0)]
    [InlineData(null, 253, 263)]
    public void Weights_OfScriptsAndFiles_Count(int? script, int file, int expected) =>
        Assert.Equal(new ServerHealth(true, expected), ServerHealth.Of(Server, [new(true, "", script), new(true, "", null, file)]));
}
