// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using LoadBalancer.Linux.Programs;
using LoadBalancer.Testing;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Hooks;

namespace LoadBalancer.Vipd.Tests.Hooks;

public sealed class HookRunnerTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly GlobalSettings Node = new() { NodeName = "node-a", ScriptUser = "root" };

    private readonly string _directory = Directory.CreateTempSubdirectory("vipdhooks-").FullName;
    private readonly ProgramRunner _programs = new();
    private readonly KeptLog _log = new();
    private readonly HookRunner _hooks;

    public HookRunnerTests() => _hooks = new(_programs, _log, TimeProvider.System);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _hooks.DisposeAsync();
        _programs.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData(NotifyEvent.Master, false, "INSTANCE web MASTER 150")]
    [InlineData(NotifyEvent.Backup, true, "GROUP web BACKUP 150")]
    [InlineData(NotifyEvent.Fault, false, "INSTANCE web FAULT 150")]
    [InlineData(NotifyEvent.Stop, false, "INSTANCE web STOP 150")]
    [InlineData(NotifyEvent.Deleted, false, "INSTANCE web DELETED 150")]
    [InlineData(NotifyEvent.LowerPriorityMaster, false, "INSTANCE web MASTER_RX_LOWER_PRI 150")]
    public async Task Program_WithAppendState_HasTheFourWordsAfterItsOwn(NotifyEvent @event, bool group, string words)
    {
        Tell(Call(@event) with { IsGroup = group }, Program("echo \"$@\" >> $OUT", "own word") with { AppendState = true });
        Assert.Equal([$"own word {words}"], await LinesAsync(1));
    }

    [Fact]
    public async Task Program_Always_HasTheTransitionInItsEnvironment()
    {
        Tell(Call(NotifyEvent.Master), Program("echo \"$# $VIPD_KIND $VIPD_INSTANCE $VIPD_STATE $VIPD_PREVIOUS $VIPD_PRIORITY $VIPD_REASON $(id -u)\" >> $OUT"));
        Assert.Equal(["0 INSTANCE web MASTER BACKUP 150 the master fell silent 0"], await LinesAsync(1));
    }

    [Fact]
    public async Task Hooks_ForOtherEvents_AreLeftAlone()
    {
        Tell(
            Call(NotifyEvent.Backup),
            Program("echo master >> $OUT") with { On = [NotifyEvent.Master] },
            Program("echo both >> $OUT") with { On = [NotifyEvent.Fault, NotifyEvent.Backup] },
            Program("echo any >> $OUT"));
        Assert.Equal(["both", "any"], await LinesAsync(2));
    }

    [Fact]
    public async Task Transitions_OfOneSubject_AreToldInTheirOrder()
    {
        NotifyHook hook = Program("case $4 in *0) sleep 0.1;; esac; echo $4 >> $OUT") with { AppendState = true };
        for (int priority = 100; priority < 120; priority++)
            Tell(Call(NotifyEvent.Master) with { Priority = priority }, hook);
        Assert.Equal(Enumerable.Range(100, 20).Select(static p => $"{p}"), await LinesAsync(20));
    }

    [Fact]
    public async Task Transitions_ComeFasterThanHooksGo_TheOldestAreLeftOutAndCounted()
    {
        string gate = Path.Combine(_directory, "gate");
        NotifyHook hook = Program($"while ! test -e {gate}; do sleep 0.01; done; echo $4 >> $OUT") with { AppendState = true };
        Tell(Call(NotifyEvent.Master) with { Priority = 0 }, hook with { Command = [hook.Command[0]] });
        await UntilAsync(() => File.Exists(Path.Combine(_directory, "began")));
        for (int priority = 1; priority <= HookLane.Capacity + 5; priority++)
            Tell(Call(NotifyEvent.Master) with { Priority = priority }, hook);
        Assert.Equal(5, _hooks.Counts.Dropped);
        File.WriteAllText(gate, "");
        Assert.Equal(Enumerable.Range(6, HookLane.Capacity).Prepend(0).Select(static p => $"{p}"), await LinesAsync(HookLane.Capacity + 1));
    }

    [Fact]
    public async Task Program_ThatTakesTooLong_IsEndedAndTheNextIsTold()
    {
        Tell(Call(NotifyEvent.Master), Program("sleep 600", name: "slow") with { Timeout = TimeSpan.FromMilliseconds(100) });
        Tell(Call(NotifyEvent.Backup), Program("echo next >> $OUT"));
        Assert.Equal(["next"], await LinesAsync(1));
        Assert.Contains("took too long and was ended", Assert.Single(_log.Entries, static e => e.Id == 12401).Text, StringComparison.Ordinal);
        await UntilAsync(() => _hooks.Counts == new HookCounts(1, 1, 0));
    }

    [Fact]
    public async Task Program_ThatCannotRun_IsNamedWithTheRemedy()
    {
        Tell(Call(NotifyEvent.Master), new NotifyHook { Command = ["/nowhere/hook"] });
        await UntilAsync(() => _hooks.Counts.Failed == 1);
        Assert.Equal("Hook /nowhere/hook failed for INSTANCE web MASTER: /nowhere/hook is not there: install it, or correct the path", Assert.Single(_log.Entries).Text);
    }

    [Fact]
    public async Task Subject_Deleted_MayComeAgain()
    {
        NotifyHook hook = Program("echo $3 >> $OUT") with { AppendState = true };
        Tell(Call(NotifyEvent.Deleted), hook);
        Assert.Equal(["DELETED"], await LinesAsync(1));
        Tell(Call(NotifyEvent.Backup), hook);
        Assert.Equal(["DELETED", "BACKUP"], await LinesAsync(2));
    }

    [Fact]
    public async Task Webhook_IsSentTheTransition()
    {
        await using HookReceiver receiver = new();
        Tell(Call(NotifyEvent.Master), Web(receiver) with { Webhook = $"http://user:p%40ss@127.0.0.1:{receiver.Port}/hook?token=hidden" });
        await UntilAsync(() => _hooks.Counts.Done == 1);
        (string head, string body) = Assert.Single(receiver.Requests);
        Assert.StartsWith("POST /hook?token=hidden HTTP/1.1", head, StringComparison.Ordinal);
        Assert.Contains($"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("user:p@ss"))}", head, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/json", head, StringComparison.Ordinal);
        JsonElement said = JsonDocument.Parse(body).RootElement;
        Assert.Equal(
            ["INSTANCE", "web", "MASTER", "BACKUP", "150", "the master fell silent", "node-a"],
            new[] { "kind", "name", "state", "previous", "priority", "reason", "node" }.Select(key => said.GetProperty(key).ToString()));
        Assert.True(said.GetProperty("time").TryGetDateTimeOffset(out _));
        Assert.DoesNotContain(_log.Entries, static e => e.Text.Contains("hidden", StringComparison.Ordinal) || e.Text.Contains("user", StringComparison.Ordinal) || e.Text.Contains("/hook", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Webhook_ThatFailsForNow_IsTriedAgainAtGrowingIntervals()
    {
        await using HookReceiver receiver = new(503, 429, 500);
        ManualTimeProvider time = new();
        await using HookRunner hooks = new(_programs, _log, time);
        hooks.Tell(Call(NotifyEvent.Master), [Web(receiver)], Node);
        await UntilAsync(() => receiver.Requests.Count == 1);
        foreach (int seconds in new[] { 1, 2, 4 })
        {
            int before = receiver.Requests.Count;
            await AdvanceUntilAsync(time, TimeSpan.FromSeconds(seconds), () => receiver.Requests.Count > before);
        }

        await UntilAsync(() => hooks.Counts.Done == 1);
        Assert.Equal(4, receiver.Requests.Count);
    }

    [Theory]
    [InlineData(404, "it answered with status 404")]
    [InlineData(302, "it answered with status 302")]
    public async Task Webhook_ThatRefuses_IsNotTriedAgain(int status, string reason)
    {
        await using HookReceiver receiver = new(status);
        Tell(Call(NotifyEvent.Master), Web(receiver));
        await UntilAsync(() => _hooks.Counts.Failed == 1);
        Assert.Single(receiver.Requests);
        Assert.Equal($"Webhook at http://127.0.0.1:{receiver.Port} was not told INSTANCE web MASTER: {reason}", Assert.Single(_log.Entries).Text);
    }

    [Fact]
    public async Task Webhook_ThatDoesNotAnswer_HoldsUpNoProgram()
    {
        await using HookReceiver receiver = new(0);
        Tell(Call(NotifyEvent.Master), Web(receiver) with { Timeout = TimeSpan.FromMinutes(5) }, Program("echo told >> $OUT"));
        Assert.Equal(["told"], await LinesAsync(1));
        await using HookRunner shortly = new(_programs, _log, TimeProvider.System, TimeSpan.FromMilliseconds(50));
        shortly.Tell(Call(NotifyEvent.Master), [Web(receiver) with { Timeout = TimeSpan.FromMinutes(5) }], Node);
        await shortly.DisposeAsync();
        Assert.Contains(_log.Entries, static e => e.Id == 12405);
    }

    [Fact]
    public async Task End_LetsWhatWasToldBeDone()
    {
        NotifyHook hook = Program("sleep 0.05; echo $3 >> $OUT") with { AppendState = true };
        await using (HookRunner hooks = new(_programs, _log, TimeProvider.System))
        {
            hooks.Tell(Call(NotifyEvent.Backup), [hook], Node);
            hooks.Tell(Call(NotifyEvent.Stop), [hook], Node);
        }

        Assert.Equal(["BACKUP", "STOP"], Lines());
    }

    [Theory]
    [InlineData("https://user:secret@hooks.example.net/services/T0/B0/key?x=1", "https://hooks.example.net")]
    [InlineData("http://[2001:db8::1]:8080/x", "http://[2001:db8::1]:8080")]
    public void Url_InTheLog_IsTheServerAlone(string url, string shown) => Assert.Equal(shown, WebHook.Shown(new(url)));

    private void Tell(HookCall call, params ReadOnlySpan<NotifyHook> hooks) => _hooks.Tell(call, [.. hooks.ToArray()], Node);

    private static HookCall Call(NotifyEvent @event) => new(false, "web", @event, 150, "the master fell silent", "BACKUP", "MASTER");

    private static NotifyHook Web(HookReceiver receiver) => new() { Webhook = $"http://127.0.0.1:{receiver.Port}/hook" };

    private NotifyHook Program(string body, string? word = null, string name = "hook")
    {
        string path = Path.Combine(_directory, $"{name}{Directory.GetFiles(_directory).Length}");
        File.WriteAllText(path, $"#!/bin/sh\nOUT={_directory}/out\ntouch {_directory}/began\n{body}\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return new() { Command = word is null ? [path] : [path, word] };
    }

    private string[] Lines() => File.Exists($"{_directory}/out") ? File.ReadAllLines($"{_directory}/out") : [];

    private async Task<string[]> LinesAsync(int count)
    {
        await UntilAsync(() => Lines().Length >= count);
        return Lines();
    }

    private static async Task AdvanceUntilAsync(ManualTimeProvider time, TimeSpan step, Func<bool> so)
    {
        // The pause begins when the answer was read, which no test can see: the clock goes on by whole pauses until it was over.
        using CancellationTokenSource limit = new(Patience);
        for (int round = 0; !so(); round++)
        {
            if (round % 20 == 19)
                time.Advance(step);
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
        }
    }

    private static async Task UntilAsync(Func<bool> so)
    {
        using CancellationTokenSource limit = new(Patience);
        while (!so())
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
    }
}
