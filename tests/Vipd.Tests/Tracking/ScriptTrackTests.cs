// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.VipConfig;
using LoadBalancer.Vrrp.Tracking;

namespace LoadBalancer.Vipd.Tests.Tracking;

public sealed class ScriptTrackTests : IAsyncLifetime
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan Seldom = TimeSpan.FromHours(1);
    private readonly TrackHost _host = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Script_ComesAndGoes_IsReportedOncePerChange()
    {
        string flag = _host.At("flag");
        _host.Plane.Apply(TrackHost.Of(Script("it", $"test -e {flag} || {{ echo no flag; exit 2; }}")));
        await _host.UntilAsync("it", TrackState.Down, "exit status 2: no flag");
        File.WriteAllText(flag, "");
        await _host.UntilAsync("it", TrackState.Up, "exit status 0");
        File.Delete(flag);
        await _host.UntilAsync("it", TrackState.Down, "exit status 2");
        Assert.Equal([TrackState.Unknown, TrackState.Down, TrackState.Up, TrackState.Down], _host.Reports.Select(static r => r.State));
    }

    [Fact]
    public async Task Script_FailsLessOftenThanFall_StaysUp()
    {
        // One failure, then success, and so on: three in a row never come.
        string count = Counter();
        string body = $"{count}; test $(($n % 3)) -ne 0";
        _host.Plane.Apply(TrackHost.Of(Script("it", body) with { Fall = 3, Rise = 2 }));
        await _host.UntilAsync("it", TrackState.Up);
        await UntilRunsAsync(20);
        Assert.Equal([TrackState.Unknown, TrackState.Up], _host.Reports.Select(static r => r.State));
    }

    [Fact]
    public async Task Script_InitiallyDown_NeedsItsRise()
    {
        string body = $"{Counter()}; exit 0";
        _host.Plane.Apply(TrackHost.Of(Script("it", body) with { InitiallyDown = true, Rise = 4 }));
        await _host.UntilAsync("it", TrackState.Up);
        Assert.True(Runs() >= 4);
        Assert.Equal([TrackState.Down, TrackState.Up], _host.Reports.Select(static r => r.State));
    }

    [Fact]
    public async Task Script_TakesTooLong_FailsAndIsEndedBeforeItsNextRun()
    {
        // Whoever finds the run before still there says so.
        string body = $"mkdir {_host.At("lock")} || touch {_host.At("overlap")}; trap 'rmdir {_host.At("lock")}; exit 0' TERM; {Counter()}; sleep 600 & wait";
        _host.Plane.Apply(TrackHost.Of(Script("it", body) with { Timeout = TimeSpan.FromMilliseconds(150) }));
        await _host.UntilAsync("it", TrackState.Down, "took longer than 0.15 s and was ended");
        await UntilRunsAsync(4);
        Assert.False(File.Exists(_host.At("overlap")));
    }

    [Fact]
    public async Task Script_ThatDoesNotListen_IsForcedToItsEnd()
    {
        string body = $"trap '' TERM; {Counter()}; sleep 600";
        _host.Plane.Apply(TrackHost.Of(Script("it", body) with { Timeout = TimeSpan.FromMilliseconds(60) }));
        await UntilRunsAsync(3);
        await _host.UntilAsync("it", TrackState.Down, "took longer than 0.06 s");
    }

    [Fact]
    public async Task Script_CannotRun_IsDownAndSaysWhatToDo()
    {
        TrackedScript missing = new() { Name = "missing", Command = [_host.At("nowhere")], Interval = Often, User = "root" };
        TrackedScript stranger = Script("stranger", "exit 0") with { User = "no-such-user" };
        TrackedScript open = Script("open", "exit 0") with { User = "root" };
        File.SetUnixFileMode(_host.At("open"), (UnixFileMode)0b111_111_111);
        _host.Plane.Apply(TrackHost.Of(missing, stranger, open));
        await _host.UntilAsync("missing", TrackState.Down, $"{_host.At("nowhere")} is not there: install it, or correct the path");
        await _host.UntilAsync("stranger", TrackState.Down, "there is no user no-such-user in /etc/passwd");
        await _host.UntilAsync("open", TrackState.Down, "can be changed by others than root");
        // It is mended, and needs no reload.
        File.SetUnixFileMode(_host.At("open"), (UnixFileMode)0b111_101_101);
        await _host.UntilAsync("open", TrackState.Up);
        // The same, with the guard off.
        File.SetUnixFileMode(_host.At("open"), (UnixFileMode)0b111_111_111);
        await _host.UntilAsync("open", TrackState.Down);
        _host.Plane.Apply(TrackHost.Of(open) with { Global = new() { ScriptSecurity = false } });
        await _host.UntilAsync("open", TrackState.Up);
    }

    [Fact]
    public async Task Script_OfNobodyInParticular_RunsAsTheGlobalUser()
    {
        _host.Plane.Apply(TrackHost.Of(Script("it", "echo $(id -u) $(id -g); exit 0") with { User = "" }) with { Global = new() { ScriptUser = "12345", ScriptGroup = "23456" } });
        await _host.UntilAsync("it", TrackState.Up, "exit status 0: 12345 23456");
    }

    [Fact]
    public async Task Apply_ChangesOnlyItsWeight_LeavesScheduleAndVerdictAlone()
    {
        TrackedScript script = Script("it", $"{Counter()}; exit 0") with { Interval = Seldom };
        _host.Plane.Apply(TrackHost.Of(script));
        await _host.UntilAsync("it", TrackState.Up);
        _host.Plane.Apply(TrackHost.Of(script with { Weight = -20, Reverse = true }, Script("other", "exit 0")));
        await _host.UntilAsync("other", TrackState.Up);
        Assert.Equal(1, Runs());
    }

    [Fact]
    public async Task Apply_ChangesTheScript_GoesOnWithTheOldVerdictUntilThereIsANewOne()
    {
        TrackedScript script = Script("it", "exit 0") with { Interval = Seldom };
        _host.Plane.Apply(TrackHost.Of(script));
        await _host.UntilAsync("it", TrackState.Up);
        _host.Plane.Apply(TrackHost.Of(Script("it", "exit 7") with { Interval = TimeSpan.FromHours(2) }));
        await _host.UntilAsync("it", TrackState.Down, "exit status 7");
        Assert.Equal([TrackState.Unknown, TrackState.Up, TrackState.Down], _host.Reports.Select(static r => r.State));
    }

    [Fact]
    public async Task Apply_WithoutTheScript_EndsItAndForgetsIt()
    {
        _host.Plane.Apply(TrackHost.Of(Script("it", $"echo $$ > {_host.At("id")}; mv {_host.At("id")} {_host.At("running")}; exec sleep 600") with { Interval = Seldom, Timeout = Seldom }));
        await UntilAsync(() => File.Exists(_host.At("running")));
        _host.Plane.Apply(new());
        await UntilAsync(() => _host.Plane.Current.Count == 0);
        int id = int.Parse(File.ReadAllText(_host.At("running")), System.Globalization.CultureInfo.InvariantCulture);
        await UntilAsync(() => !Directory.Exists($"/proc/{id}"));
    }

    private TrackedScript Script(string name, string body) => new() { Name = name, Command = [_host.Script(name, body)], Interval = Often, Timeout = TimeSpan.FromSeconds(20), User = "root" };

    // A line for each run; $n is the number of this one.
    private string Counter() => $"echo x >> {_host.At("runs")}; n=$(wc -l < {_host.At("runs")})";

    private int Runs() => File.Exists(_host.At("runs")) ? File.ReadAllLines(_host.At("runs")).Length : 0;

    private Task UntilRunsAsync(int count) => UntilAsync(() => Runs() >= count);

    private static async Task UntilAsync(Func<bool> so)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        while (!so())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
        }
    }
}
