// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using LoadBalancer.Primitives;
using LoadBalancer.Vipd.Plane;

namespace LoadBalancer.Vipd.Tests.Plane;

public sealed class ResumeFileTests : IDisposable
{
    private static readonly Fingerprint Key = ResumeFile.KeyOf("web", "eth0", IpFamily.IPv4, 51);
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"vipd-resume-{Guid.NewGuid():N}");

    [Fact]
    public void Reopened_AfterAnAdvertisement_KnowsItsAge()
    {
        using (ResumeFile first = new(_path))
        {
            first.Mark(first.Open(Key), new MonoTime(1_000_000_000));
        }

        using ResumeFile second = new(_path);
        Assert.Equal(TimeSpan.FromSeconds(2), second.AgeOf(Key, new MonoTime(3_000_000_000)));
        Assert.Null(second.AgeOf(ResumeFile.KeyOf("other", "eth0", IpFamily.IPv4, 51), new MonoTime(3_000_000_000)));
    }

    [Fact]
    public void Opened_SomethingIsInTheWay_SaysSoAndGoesOnWithoutIt()
    {
        Directory.CreateDirectory(_path);
        try
        {
            using ResumeFile file = new(_path);
            Assert.NotNull(file.Fault);
            file.Mark(file.Open(Key), new MonoTime(1_000_000_000));
        }
        finally
        {
            Directory.Delete(_path);
        }
    }

    [Fact]
    public void Opened_OnADiskInMemory_HasRoomForAllOfIt()
    {
        string path = Path.Combine("/dev/shm", Path.GetFileName(_path));
        try
        {
            using ResumeFile file = new(path);
            Assert.Null(file.Fault);
            using Process stat = Process.Start(new ProcessStartInfo("stat", ["-c", "%b %B %s", path]) { RedirectStandardOutput = true })!;
            long[] answer = [.. stat.StandardOutput.ReadToEnd().Split(' ').Select(static n => long.Parse(n, CultureInfo.InvariantCulture))];
            stat.WaitForExit();
            Assert.True(answer[0] * answer[1] >= answer[2], $"{answer[0]} blocks of {answer[1]} for {answer[2]} octets");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Reopened_AfterItWasLetGo_KnowsNothing()
    {
        using (ResumeFile first = new(_path))
        {
            int slot = first.Open(Key);
            first.Mark(slot, new MonoTime(1_000_000_000));
            first.Clear(slot);
        }

        using ResumeFile second = new(_path);
        Assert.Null(second.AgeOf(Key, new MonoTime(3_000_000_000)));
    }

    [Fact]
    [Trait("Scenario", "K8-20")]
    public void Reopened_FileOfAnotherBoot_KnowsNothing()
    {
        using (ResumeFile first = new(_path))
        {
            first.Mark(first.Open(Key), new MonoTime(1_000_000_000));
        }

        byte[] octets = File.ReadAllBytes(_path);
        octets[3] ^= 1;
        File.WriteAllBytes(_path, octets);
        using ResumeFile second = new(_path);
        Assert.Null(second.AgeOf(Key, new MonoTime(3_000_000_000)));
    }

    [Fact]
    public void Reopened_GarbageInPlace_BeginsAnew()
    {
        File.WriteAllBytes(_path, [1, 2, 3]);
        using ResumeFile file = new(_path);
        Assert.Null(file.AgeOf(Key, new MonoTime(1)));
        Assert.Equal(0, file.Open(Key));
    }

    public void Dispose() => File.Delete(_path);
}
