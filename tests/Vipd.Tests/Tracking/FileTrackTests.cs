// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Tracking;
using LoadBalancer.Vrrp.Tracking;

namespace LoadBalancer.Vipd.Tests.Tracking;

public sealed class FileTrackTests : IAsyncLifetime
{
    private readonly TrackHost _host = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("5", 5)]
    [InlineData(" -17 \nwords that do not matter", -17)]
    [InlineData("+3\n", 3)]
    [InlineData("", 0)]
    [InlineData("\n9", 0)]
    [InlineData("99999999999", int.MaxValue)]
    [InlineData("-99999999999", int.MinValue)]
    [InlineData("ten", null)]
    [InlineData("1.5", null)]
    [InlineData("99999999999999999999", null)]
    public void Value_OfAFile_IsTheNumberOfItsFirstLine(string text, int? value)
    {
        File.WriteAllText(_host.At("number"), text);
        Assert.Equal(value, FileValue.Read(_host.At("number")).Number);
    }

    [Fact]
    public void Value_OfSomethingElse_IsNoneAndHoldsNobodyUp()
    {
        using Process make = Process.Start("mkfifo", _host.At("pipe"));
        make.WaitForExit();
        Assert.Contains("is no file", FileValue.Read(_host.At("pipe")).Words, StringComparison.Ordinal);
        Assert.Contains("is no file", FileValue.Read(_host.Directory).Words, StringComparison.Ordinal);
        Assert.Equal(new(0, $"{_host.At("none")} is not there, which counts as 0"), FileValue.Read(_host.At("none")));
    }

    [Fact]
    public async Task File_WrittenReplacedAndRemoved_IsReadEachTime()
    {
        string path = _host.At("drain");
        _host.Plane.Apply(Of(new TrackedFile { Name = "drain", Path = path }));
        await _host.UntilAsync("drain", static r => r is { State: TrackState.Up, Value: 0 });
        File.WriteAllText(path, "1\n");
        await _host.UntilAsync("drain", static r => r.Value == 1);
        File.WriteAllText(_host.At("new"), "2\n");
        File.Move(_host.At("new"), path, overwrite: true);
        await _host.UntilAsync("drain", static r => r.Value == 2);
        File.WriteAllText(path, "garbage\n");
        TrackReport report = await _host.UntilAsync("drain", TrackState.Down);
        Assert.Equal((null, $"{path} holds \"garbage\", which is no number: write one, such as 0"), (report.Value, report.Detail));
        File.Delete(path);
        await _host.UntilAsync("drain", static r => r is { State: TrackState.Up, Value: 0 });
    }

    [Fact]
    public async Task File_WhoseDirectoryComesLater_IsReadThen()
    {
        string directory = _host.At("later");
        _host.Plane.Apply(Of(new TrackedFile { Name = "it", Path = directory + "/number" }));
        await _host.UntilAsync("it", static r => r.Value == 0);
        Directory.CreateDirectory(directory);
        File.WriteAllText(directory + "/number", "4");
        await _host.UntilAsync("it", static r => r.Value == 4);
        Directory.Delete(directory, recursive: true);
        await _host.UntilAsync("it", static r => r.Value == 0);
        Directory.CreateDirectory(directory);
        File.WriteAllText(directory + "/number", "6");
        await _host.UntilAsync("it", static r => r.Value == 6);
    }

    [Fact]
    public async Task InitialValue_IsWrittenOnceWhereTheFileIsMissing()
    {
        TrackedFile missing = new() { Name = "missing", Path = _host.At("missing"), InitialValue = 7 };
        TrackedFile kept = new() { Name = "kept", Path = _host.At("kept"), InitialValue = 7 };
        TrackedFile written = new() { Name = "written", Path = _host.At("written"), InitialValue = 7, Overwrite = true };
        File.WriteAllText(kept.Path, "3");
        File.WriteAllText(written.Path, "3");
        _host.Plane.Apply(Of(missing, kept, written));
        await _host.UntilAsync("missing", static r => r.Value == 7);
        await _host.UntilAsync("kept", static r => r.Value == 3);
        await _host.UntilAsync("written", static r => r.Value == 7);
        File.WriteAllText(written.Path, "9");
        await _host.UntilAsync("written", static r => r.Value == 9);
        // A reload, even one that changes it, does not undo what was written since.
        _host.Plane.Apply(Of(written with { InitialValue = 8 }));
        await UntilGoneAsync("kept");
        await _host.UntilAsync("written", static r => r.Value == 9);
    }

    [Fact]
    public async Task InitialValue_ThroughALinkOfOthers_IsNotWritten()
    {
        File.WriteAllText(_host.At("precious"), "1");
        File.CreateSymbolicLink(_host.At("trap"), _host.At("precious"));
        _host.Plane.Apply(Of(new TrackedFile { Name = "it", Path = _host.At("trap"), InitialValue = 7, Overwrite = true }));
        await _host.UntilAsync("it", static r => r.Value == 7);
        Assert.Equal("1", File.ReadAllText(_host.At("precious")));
    }

    private async Task UntilGoneAsync(string name) => await _host.UntilAsync(name, static report => report == default);

    private static VipConfiguration Of(params ReadOnlySpan<TrackedFile> files) => new() { Files = [.. files.ToArray()] };
}
