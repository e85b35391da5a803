// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Bfd.Tests;

public sealed class BfdParametersTests
{
    [Fact]
    public void Defaults_AreThoseOfABfdProfile()
    {
        BfdParameters defaults = new();
        Assert.Empty(defaults.Errors());
        Assert.Equal((300.0, 300.0, 3, 254), (defaults.TransmitInterval.TotalMilliseconds, defaults.ReceiveInterval.TotalMilliseconds, defaults.DetectMultiplier,
            defaults.MinimumHopLimit));
    }

    [Theory]
    [InlineData(10, 10, 1, 1)]
    [InlineData(60_000, 60_000, 255, 255)]
    public void Bounds_Inside_AreTaken(int transmitMs, int receiveMs, byte multiplier, byte hopLimit) =>
        Assert.Empty(Of(transmitMs, receiveMs, multiplier, hopLimit).Errors());

    [Fact]
    public void Bounds_Outside_AreAllNamedAtOnceWithTheRemedy()
    {
        IReadOnlyList<string> errors = Of(9.999, 60_000.001, 0, 0).Errors();
        Assert.Collection(
            errors,
            error => Assert.Equal("transmitInterval is 9.999 ms: set it to whole microseconds from 10 to 60000 ms", error),
            error => Assert.StartsWith("receiveInterval is 60000.001 ms", error, StringComparison.Ordinal),
            error => Assert.StartsWith("detectMultiplier is 0", error, StringComparison.Ordinal),
            error => Assert.StartsWith("minimumTtl is 0", error, StringComparison.Ordinal));
    }

    [Fact]
    public void Interval_BelowOneMicrosecond_IsRefused() => Assert.Single(Of(10.0001, 10, 3, 254).Errors());

    [Fact]
    public void EchoMode_AskedFor_IsRefusedWithReasonAndRemedy()
    {
        string error = Assert.Single(new BfdParameters { EchoMode = true }.Errors());
        Assert.StartsWith("echoMode is not supported", error, StringComparison.Ordinal);
        Assert.Contains("set echoMode to false", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Parameters_WithErrors_ReachNoSession()
    {
        BfdParameters bad = new() { DetectMultiplier = 0 };
        _ = Assert.Throws<ArgumentException>(() => new Bench(bad));
        _ = Assert.Throws<ArgumentException>(() => BfdEvent.Configure(bad).Kind);
        _ = Assert.Throws<ArgumentException>(() => new BfdDemultiplexer(1).TryAdd(Bench.Path, bad, out _));
    }

    [Fact]
    [Trait("Scenario", "B29")]
    public void Echo_Offered_IsZeroInEveryPacket() =>
        Assert.Equal(TimeSpan.Zero, new Bench().Enable().Sent!.Value.RequiredMinEchoReceive);

    private static BfdParameters Of(double transmitMs, double receiveMs, byte multiplier, byte hopLimit) => new()
    {
        TransmitInterval = TimeSpan.FromMilliseconds(transmitMs),
        ReceiveInterval = TimeSpan.FromMilliseconds(receiveMs),
        DetectMultiplier = multiplier,
        MinimumHopLimit = hopLimit,
    };
}
