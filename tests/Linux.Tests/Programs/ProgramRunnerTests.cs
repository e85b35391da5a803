// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Linux.Programs;

namespace LoadBalancer.Linux.Tests.Programs;

public sealed class ProgramRunnerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Place _place = new();
    private readonly ProgramRunner _runner = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("echo first; echo; echo ' last  '; echo", 0, "last")]
    [InlineData("printf 'no end of line' >&2; exit 3", 3, "no end of line")]
    [InlineData("exit 255", 255, "")]
    [InlineData("printf 'a\\033[31mb\\n'", 0, "a?[31mb")]
    public async Task Program_Exits_TellsItsStatusAndItsLastLine(string body, int status, string line)
    {
        ProgramEnd end = await RunAsync(new() { Command = [_place.Script("it", body)] });
        Assert.Equal(new(ProgramOutcome.Exited, status, line), end);
    }

    [Fact]
    public async Task Program_WritesWithoutEnd_IsNotHeldUpAndKeepsLittle()
    {
        ProgramEnd end = await RunAsync(new() { Command = [_place.Script("it", "head -c 3000000 /dev/zero | tr '\\0' x; echo; echo done")] });
        Assert.Equal("done", end.LastLine);
        end = await RunAsync(new() { Command = [_place.Script("it", "head -c 3000000 /dev/zero | tr '\\0' x")] });
        Assert.Equal(200, end.LastLine.Length);
    }

    [Fact]
    public async Task Program_KilledByASignal_SaysWhich()
    {
        ProgramEnd end = await RunAsync(new() { Command = [_place.Script("it", "kill -KILL $$")] });
        Assert.Equal(new(ProgramOutcome.Signalled, 9, ""), end);
        Assert.Equal("ended by signal 9", end.Words);
    }

    [Fact]
    public async Task Program_IsStarted_HasArgumentsEnvironmentAndNothingToRead()
    {
        ProgramEnd end = await RunAsync(new()
        {
            Command = [_place.Script("it", "cat; echo \"$# [$2] $WORD\""), "a", "b c"],
            Environment = new Dictionary<string, string> { ["WORD"] = "x=y" },
        });
        Assert.Equal("2 [b c] x=y", end.LastLine);
    }

    [Fact]
    public async Task Program_OfAnotherAccount_HasItsIdsItsGroupsAndNoCapability()
    {
        ProgramAccount account = new(12345, 23456, [23456, 34567], "somebody");
        string script = _place.Script("it", "echo $(id -u) $(id -ru) $(id -g) $(id -G) $USER $(grep -E 'Cap(Prm|Eff|Amb)|^Uid' /proc/self/status)");
        ProgramEnd end = await RunAsync(new() { Command = [script], Account = account });
        string none = new('0', 16);
        Assert.Equal($"12345 12345 23456 23456 34567 somebody Uid: 12345 12345 12345 12345 CapPrm: {none} CapEff: {none} CapAmb: {none}", end.LastLine);
        // The next one is root's again.
        end = await RunAsync(new() { Command = [_place.Script("own", "id -u")], IsGuarded = false });
        Assert.Equal("0", end.LastLine);
    }

    [Fact]
    public async Task Program_TakesTooLong_IsEndedWithAllItStarted()
    {
        string script = _place.Script("it", $"trap '' TERM; sleep 600 & echo $! > {_place.At("child")}; echo started; sleep 600");
        ProgramEnd end = await RunAsync(new() { Command = [script], Timeout = TimeSpan.FromMilliseconds(300) });
        Assert.Equal(ProgramOutcome.Ended, end.Outcome);
        Assert.Equal("took too long and was ended: started", end.Words);
        int child = int.Parse(File.ReadAllText(_place.At("child")), CultureInfo.InvariantCulture);
        await GoneAsync(child);
    }

    [Fact]
    public async Task Program_IsCancelled_Ends()
    {
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        Task<ProgramEnd> running = _runner.RunAsync(new() { Command = [_place.Script("it", $"touch {_place.At("began")}; sleep 600")] }, source.Token);
        await UntilAsync(() => File.Exists(_place.At("began")));
        await source.CancelAsync();
        Assert.Equal(ProgramOutcome.Ended, (await running.WaitAsync(Patience, Cancelled)).Outcome);
    }

    [Fact]
    public async Task Program_LeavesADaemonBehind_ThatMayGoOnWriting()
    {
        string script = _place.Script("it", $"(sleep 0.2; echo late; sleep 0.1; echo later; touch {_place.At("alive")}) & echo over");
        ProgramEnd end = await RunAsync(new() { Command = [script] });
        Assert.Equal("over", end.LastLine);
        await UntilAsync(() => File.Exists(_place.At("alive")));
    }

    [Fact]
    public async Task Program_CannotRun_SaysWhyAndWhatToDo()
    {
        ProgramAccount nobody = new(65534, 65534, [65534], "nobody");
        Assert.Contains("is not there: install it", await WhyNotAsync(_place.At("missing"), null), StringComparison.Ordinal);
        string script = _place.Script("plain", "exit 0", (UnixFileMode)0b110_100_100);
        Assert.Contains("cannot be executed by nobody: make it executable (chmod +x)", await WhyNotAsync(script, nobody), StringComparison.Ordinal);
        File.WriteAllText(_place.At("odd"), "#!/no/such/interpreter\n");
        File.SetUnixFileMode(_place.At("odd"), (UnixFileMode)0b111_101_101);
        Assert.Contains("what its first line names as interpreter is not", await WhyNotAsync(_place.At("odd"), null), StringComparison.Ordinal);
        File.WriteAllText(_place.At("text"), "just words\n");
        File.SetUnixFileMode(_place.At("text"), (UnixFileMode)0b111_101_101);
        Assert.Contains("is no program: begin it with a line such as #!/bin/sh", await WhyNotAsync(_place.At("text"), null), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_OthersCanChange_IsNotRunAsRoot()
    {
        string script = _place.Script("it", "exit 0", (UnixFileMode)0b111_111_111);
        Assert.Contains("can be changed by others than root", await WhyNotAsync(script, null), StringComparison.Ordinal);
        ProgramEnd end = await RunAsync(new() { Command = [script], Account = new(65534, 65534, [65534], "nobody") });
        Assert.True(end.Succeeded);
    }

    [Fact]
    public async Task Programs_ManyAtOnce_AllEnd()
    {
        string script = _place.Script("it", "exit $1");
        ProgramEnd[] ends = await Task.WhenAll(Enumerable.Range(0, 200).Select(i =>
            RunAsync(new() { Command = [script, (i % 7).ToString(CultureInfo.InvariantCulture)] })));
        Assert.Equal(Enumerable.Range(0, 200).Select(static i => i % 7), ends.Select(static end => end.Status));
    }

    private async Task<string> WhyNotAsync(string path, ProgramAccount? account)
    {
        ProgramEnd end = await RunAsync(new() { Command = [path], Account = account });
        Assert.Equal(ProgramOutcome.NotStarted, end.Outcome);
        return end.Words;
    }

    private Task<ProgramEnd> RunAsync(ProgramRequest request) => _runner.RunAsync(request, Cancelled).WaitAsync(Patience, Cancelled);

    private static Task GoneAsync(int id) => UntilAsync(() => !File.Exists($"/proc/{id}/stat") || File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal));

    private static async Task UntilAsync(Func<bool> so)
    {
        using CancellationTokenSource limit = new(Patience);
        while (!so())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, limit.Token);
        }
    }

    public void Dispose()
    {
        _runner.Dispose();
        _place.Dispose();
    }
}
