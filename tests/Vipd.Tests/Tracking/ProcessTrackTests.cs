// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Tracking;
using LoadBalancer.Vrrp.Tracking;

namespace LoadBalancer.Vipd.Tests.Tracking;

public sealed class ProcessTrackTests : IAsyncLifetime
{
    private readonly TrackHost _host = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("nginx", "nginx", true)]
    [InlineData("nginx", "nginx -g daemon", true)]
    [InlineData("nginx2", "nginx", false)]
    [InlineData("averyveryveryverylongname", "/usr/bin/averyveryveryverylongname", true)]
    [InlineData("averyveryveryverylongname", "/usr/bin/averyveryveryveryother", false)]
    [InlineData("nginx", "/opt/nginx", true)]
    public void Name_IsComparedWithWhatTheKernelCallsIt(string wanted, string line, bool matches) =>
        Assert.Equal(matches, Facts(line).Matches(new() { Command = [wanted] }));

    [Theory]
    [InlineData(ArgumentMatch.Exact, "-a one", "-a one", true)]
    [InlineData(ArgumentMatch.Exact, "-a one", "-a one two", false)]
    [InlineData(ArgumentMatch.Exact, "-a one", "-a", false)]
    [InlineData(ArgumentMatch.Partial, "-a one", "-a one two", true)]
    [InlineData(ArgumentMatch.Partial, "-a one", "-a on", false)]
    [InlineData(ArgumentMatch.Partial, "-a one", "-a onetwo", false)]
    [InlineData(ArgumentMatch.Initial, "-a one", "-a onetwo three", true)]
    [InlineData(ArgumentMatch.Initial, "-a one", "-ab one", false)]
    [InlineData(ArgumentMatch.Initial, "-a", "", false)]
    [InlineData(ArgumentMatch.Partial, "", "anything", true)]
    public void Arguments_AreComparedAsAskedFor(ArgumentMatch match, string wanted, string given, bool matches) =>
        Assert.Equal(matches, Facts($"it {given}".Trim()).Matches(new() { Command = [.. $"it {wanted}".Trim().Split(' ')], Match = match }));

    [Fact]
    public void FullCommand_IsComparedWithTheWordItWasStartedBy()
    {
        TrackedProcess process = new() { Command = ["/usr/sbin/nginx"], FullCommand = true };
        Assert.True(Facts("/usr/sbin/nginx -g x").Matches(process));
        Assert.False(Facts("nginx").Matches(process));
        // A thread of the kernel has no arguments.
        Assert.False(new ProcessFacts("nginx", []).Matches(process));
    }

    [Theory]
    [InlineData(2, null, 1, TrackState.Down)]
    [InlineData(2, null, 2, TrackState.Up)]
    [InlineData(1, 2, 2, TrackState.Up)]
    [InlineData(1, 2, 3, TrackState.Down)]
    [InlineData(1, 0, 0, TrackState.Up)]
    [InlineData(1, 0, 1, TrackState.Down)]
    public void Quorum_HasALeastAndAMost(int least, int? most, int there, TrackState state)
    {
        ProcessCount count = new(new() { Quorum = least, QuorumMax = most });
        for (int id = 1; id <= there; id++)
            count.Set(id, matches: true);
        count.Judge(default);
        Assert.Equal(state, count.State);
    }

    [Fact]
    public void Delays_HoldAChangeBack()
    {
        ProcessCount count = new(new() { UpDelay = TimeSpan.FromSeconds(2), DownDelay = TimeSpan.FromSeconds(1) });
        MonoTime now = default;
        count.Judge(now);
        Assert.Equal(TrackState.Down, count.State);
        count.Set(1, matches: true);
        count.Judge(now);
        Assert.Equal((TrackState.Down, now + TimeSpan.FromSeconds(2)), (count.State, count.NextDeadline));
        count.Judge(now + TimeSpan.FromSeconds(2));
        Assert.Equal(TrackState.Up, count.State);
    }

    [Fact]
    public async Task Process_StartsAndEnds_IsReported()
    {
        string program = _host.At("vipdtrackedprog");
        File.Copy("/bin/sleep", program);
        TrackedProcess process = new() { Name = "it", Command = ["vipdtrackedprog"], Quorum = 2 };
        _host.Plane.Apply(new() { Processes = [process] });
        await _host.UntilAsync("it", TrackState.Down, "0 running, 2 wanted");
        using Process first = Process.Start(program, "600");
        using Process second = Process.Start(program, "600");
        try
        {
            await _host.UntilAsync("it", TrackState.Up, "2 running, 2 wanted");
            _host.Plane.Apply(new() { Processes = [process with { QuorumMax = 2 }, process with { Name = "exact", Command = ["vipdtrackedprog", "601"], Quorum = 1 }] });
            await _host.UntilAsync("exact", TrackState.Down, "0 running");
            Assert.Equal(TrackState.Up, _host.Now("it").State);
        }
        finally
        {
            first.Kill();
            second.Kill();
        }

        await _host.UntilAsync("it", TrackState.Down, "0 running");
    }

    [Fact]
    public async Task Process_BecomesAnother_CountsAsThat()
    {
        string program = _host.At("vipdotherprog");
        File.Copy("/bin/sleep", program);
        _host.Plane.Apply(new() { Processes = [new() { Name = "it", Command = ["vipdotherprog"] }] });
        await _host.UntilAsync("it", TrackState.Down);
        using Process shell = Process.Start("/bin/sh", ["-c", $"exec {program} 600"]);
        try
        {
            await _host.UntilAsync("it", TrackState.Up, "1 running");
        }
        finally
        {
            shell.Kill();
        }

        await _host.UntilAsync("it", TrackState.Down);
    }

    // The first word is the program's path, whose last part the kernel calls it by.
    private static ProcessFacts Facts(string line)
    {
        string[] words = line.Split(' ');
        string name = Path.GetFileName(words[0]);
        return new(name[..Math.Min(15, name.Length)], words);
    }
}
