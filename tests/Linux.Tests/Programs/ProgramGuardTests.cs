// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Programs;

namespace LoadBalancer.Linux.Tests.Programs;

public sealed class ProgramGuardTests : IDisposable
{
    private readonly Place _place = new();

    [Fact]
    public void Program_OfRootAlone_IsLetPass()
    {
        Assert.Null(ProgramGuard.Examine(_place.Script("it", "")));
        Assert.Null(ProgramGuard.Examine("/bin/sh"));
        // What is not there is not judged: starting it says so.
        Assert.Null(ProgramGuard.Examine(_place.At("missing")));
    }

    [Fact]
    public void Directory_OthersCanChange_IsNamed()
    {
        string below = Directory.CreateDirectory(_place.At("open")).FullName;
        File.WriteAllText(below + "/it", "");
        File.SetUnixFileMode(below, (UnixFileMode)0b111_111_111);
        string problem = Assert.IsType<string>(ProgramGuard.Examine(below + "/it"));
        Assert.StartsWith($"{below} can be changed by others than root (owner 0, group 0, mode 777)", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Directory_WithStickyBit_IsLetPass()
    {
        string below = Directory.CreateDirectory(_place.At("tmp")).FullName;
        File.WriteAllText(below + "/it", "");
        File.SetUnixFileMode(below, (UnixFileMode)0b001_111_111_111);
        Assert.Null(ProgramGuard.Examine(below + "/it"));
    }

    [Fact]
    public void Link_ToWhatOthersCanChange_IsFollowed()
    {
        string script = _place.Script("it", "", (UnixFileMode)0b111_111_101);
        Assert.Null(ProgramGuard.Examine(script));
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_111);
        File.CreateSymbolicLink(_place.At("far"), script);
        File.CreateSymbolicLink(_place.At("near"), "./../" + Path.GetFileName(_place.Path) + "/it");
        Assert.StartsWith(script, ProgramGuard.Examine(_place.At("far")), StringComparison.Ordinal);
        Assert.StartsWith(script, ProgramGuard.Examine(_place.At("near")), StringComparison.Ordinal);
    }

    [Fact]
    public void Link_InACircle_IsRefused()
    {
        File.CreateSymbolicLink(_place.At("a"), _place.At("b"));
        File.CreateSymbolicLink(_place.At("b"), _place.At("a"));
        Assert.Contains("one link too many", ProgramGuard.Examine(_place.At("a")), StringComparison.Ordinal);
    }

    public void Dispose() => _place.Dispose();
}
