// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using LoadBalancer.Primitives;
using LoadBalancer.Testing;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Health;
using LoadBalancer.Vipd.Tracking;
using LoadBalancer.Vrrp.Tracking;

namespace LoadBalancer.Vipd.Tests.Health;

public sealed class HealthWatchTests
{
    private static readonly HealthCheck Script = new()
    {
        Kind = CheckKind.Script,
        Command = ["/check"],
        Interval = TimeSpan.FromSeconds(10),
        Timeout = TimeSpan.FromSeconds(3),
        Warmup = TimeSpan.Zero,
    };

    private readonly ManualTimeProvider _time = new();
    private readonly ConcurrentQueue<HealthVerdict> _verdicts = new();

    private HealthWatch Watch(HealthCheck check, ScriptedRunner runner, TrackState begin = TrackState.Up, double jitter = 0) => new(
        check, IpAddr.Parse("192.0.2.1"), 80, new() { Scripts = runner, Time = _time, Jitter = () => jitter }, begin, _verdicts.Enqueue);

    // The clock moves on only when the run before was taken in, so that no interval begins late.
    private static async Task Runs(HealthWatch watch, ScriptedRunner runner, int count)
    {
        await Eventually.Holds(() => runner.Runs >= count && watch.Counts.Asked >= count);
        Assert.Equal(count, runner.Runs);
    }

    private async Task Passes(double seconds)
    {
        // The timer of a pause may be about to be set.
        for (int i = 0; i < 20; i++)
        {
            await Task.Yield();
        }

        await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        _time.Advance(TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public async Task Warmup_FirstQuestion_ComesAtItsPartOfIt()
    {
        ScriptedRunner runner = new(0);
        await using HealthWatch watch = Watch(Script with { Warmup = TimeSpan.FromSeconds(8) }, runner, jitter: 0.5);

        await Passes(3.9);
        Assert.Equal(0, runner.Runs);
        await Passes(0.1);
        await Runs(watch, runner, 1);
    }

    [Fact]
    public async Task Warmup_NotGiven_IsTheInterval()
    {
        ScriptedRunner runner = new(0);
        await using HealthWatch watch = Watch(Script with { Warmup = null }, runner, jitter: 0.9);

        await Passes(8.9);
        Assert.Equal(0, runner.Runs);
        await Passes(0.1);
        await Runs(watch, runner, 1);
    }

    [Fact]
    public async Task Failures_AsManyAsFall_AreOneVerdict()
    {
        ScriptedRunner runner = new(0, 1, 1, 1, 0);
        await using HealthWatch watch = Watch(Script with { Fall = 2 }, runner);
        await Runs(watch, runner, 1);
        for (int run = 2; run <= 5; run++)
        {
            await Passes(10);
            await Runs(watch, runner, run);
        }

        Assert.Equal([true, false, true], _verdicts.Select(static v => v.IsUp));
        Assert.Equal((5L, 3L), watch.Counts);
        Assert.Equal("exit status 1", _verdicts.ElementAt(1).Words);
    }

    [Fact]
    public async Task RetryDelay_WhileWavering_ReplacesTheInterval()
    {
        ScriptedRunner runner = new(1, 1, 1, 1);
        await using HealthWatch watch = Watch(Script with { Fall = 3, RetryDelay = TimeSpan.FromSeconds(1) }, runner);
        await Runs(watch, runner, 1);
        await Passes(1);
        await Runs(watch, runner, 2);
        await Passes(1);
        await Runs(watch, runner, 3);
        Assert.Equal([false], _verdicts.Select(static v => v.IsUp));

        // Down now: the interval again.
        await Passes(9);
        Assert.Equal(3, runner.Runs);
        await Passes(1);
        await Runs(watch, runner, 4);
    }

    [Fact]
    public async Task Question_ThatHangs_FailsWhenItsTimeIsOver()
    {
        ScriptedRunner runner = new(null, 0);
        await using HealthWatch watch = Watch(Script with { Fall = 1 }, runner);
        await Eventually.Holds(() => runner.Runs == 1);

        await Passes(3);
        await Runs(watch, runner, 1);
        Assert.Equal("no answer within 3 s: waited for the end of /check", _verdicts.Single().Words);

        // In step with its beginning, not with its end.
        await Passes(7);
        await Runs(watch, runner, 2);
        Assert.Equal([false, true], _verdicts.Select(static v => v.IsUp));
    }

    [Fact]
    public async Task Down_AtFirst_NeedsItsRise()
    {
        ScriptedRunner runner = new(0);
        await using HealthWatch watch = Watch(Script with { Rise = 2 }, runner, TrackState.Down);
        await Runs(watch, runner, 1);
        Assert.Empty(_verdicts);
        await Passes(10);
        await Runs(watch, runner, 2);

        Assert.True(Assert.Single(_verdicts).IsUp);
    }

    [Theory]
    [InlineData(true, 0, true, null)]
    [InlineData(true, 2, true, 0)]
    [InlineData(true, 255, true, 253)]
    [InlineData(true, 1, false, null)]
    [InlineData(false, 2, false, null)]
    public async Task Script_Status_IsVerdictAndWeight(bool dynamicWeight, int status, bool isUp, int? weight)
    {
        ScriptedRunner runner = new(status);
        await using HealthWatch watch = Watch(Script with { DynamicWeight = dynamicWeight, User = "nobody", Group = "nogroup" }, runner, TrackState.Unknown);
        await Runs(watch, runner, 1);

        HealthVerdict verdict = Assert.Single(_verdicts);
        Assert.Equal((isUp, weight), (verdict.IsUp, verdict.Weight));
        Assert.Equal("/check as nobody:nogroup", Assert.Single(runner.Calls));
    }

    [Fact]
    public async Task Script_WeightChanges_IsReportedWithoutAChangeOfState()
    {
        ScriptedRunner runner = new(12, 12, 22);
        await using HealthWatch watch = Watch(Script with { DynamicWeight = true }, runner);
        await Runs(watch, runner, 1);
        await Passes(10);
        await Runs(watch, runner, 2);
        await Passes(10);
        await Runs(watch, runner, 3);

        Assert.Equal([10, 20], _verdicts.Select(static v => v.Weight ?? -1));
    }

    [Fact]
    public async Task Disposed_WhileAsking_ReportsNothing()
    {
        ScriptedRunner runner = new((int?)null);
        HealthWatch watch = Watch(Script with { Fall = 1 }, runner);
        await Eventually.Holds(() => runner.Runs == 1);

        await watch.DisposeAsync();

        Assert.Empty(_verdicts);
    }

    [Fact]
    public async Task File_Reports_AreVerdicts()
    {
        HealthCheck check = new() { Kind = CheckKind.File, Name = "drain", Weight = 2 };
        await using HealthWatch watch = Watch(check, new());

        watch.Take(new(TrackedKind.File, "drain", TrackState.Up, 5, "5"));
        watch.Take(new(TrackedKind.File, "other", TrackState.Up, 6, "6"));
        watch.Take(new(TrackedKind.Script, "drain", TrackState.Up, 7, "7"));
        watch.Take(new(TrackedKind.File, "drain", TrackState.Up, -200, "-200"));

        Assert.Equal([(true, 10), (false, 0)], _verdicts.Select(static v => (v.IsUp, v.WeightChange)));
    }

    [Fact]
    public async Task Bfd_Reports_AreVerdicts()
    {
        await using HealthWatch watch = Watch(new() { Kind = CheckKind.Bfd, Name = "uplink" }, new());

        watch.Take(new(TrackedKind.BfdPeer, "uplink", TrackState.Unknown, null, "not heard yet"));
        Assert.Equal("not heard yet", watch.Words);
        watch.Take(new(TrackedKind.BfdPeer, "uplink", TrackState.Down, null, "detection time over"));

        Assert.Equal([new HealthVerdict(false, "detection time over")], _verdicts);
    }
}
