// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.Vipd.Plane;

namespace LoadBalancer.Vipd.Tests.Plane;

public sealed class ResumeFileTests : IDisposable
{
    private static readonly UInt128 Key = ResumeFile.KeyOf("web", "eth0", IpFamily.IPv4, 51);
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
