// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace LoadBalancer.Linux.Tests;

public sealed class CapabilitiesTests
{
    // Run in a namespace of its own, so that the address probe can touch nothing even if it is not refused.
    private static string Probe(string probe, params string[] bounding)
    {
        using TestNamespace place = new();
        string without = string.Join(',', bounding.Select(c => "-" + c));
        string self = Path.ChangeExtension(typeof(CapabilitiesTests).Assembly.Location, null);
        return TestNamespace.Run("ip", "netns", "exec", place.Name, "env", $"{PrivilegeProbe.Variable}={probe}", "setpriv", "--bounding-set", without, "--inh-caps", without, self).Trim();
    }

    [Fact]
    public void Read_ThisThread_AgreesWithProc()
    {
        string line = File.ReadLines("/proc/thread-self/status").First(l => l.StartsWith("CapEff:", StringComparison.Ordinal));

        Assert.Equal(ulong.Parse(line.Split('\t')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture), Capabilities.Read().Effective);
    }

    [Fact]
    public void Read_NetRawTakenAway_SaysSo() => Assert.Equal("False True", Probe(PrivilegeProbe.Capability, "net_raw"));

    [Fact]
    public void PacketSocket_WithoutNetRaw_SentenceNamesItAndTheRemedy()
    {
        string sentence = Probe(PrivilegeProbe.PacketSocket, "net_raw");

        Assert.StartsWith("cannot open a packet socket: ", sentence, StringComparison.Ordinal);
        Assert.Contains("CAP_NET_RAW is missing", sentence, StringComparison.Ordinal);
        Assert.Contains("securityContext.capabilities.add", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void PacketSocket_WithNetRaw_Opens() => Assert.Equal("opened", Probe(PrivilegeProbe.PacketSocket, "net_admin"));

    [Fact]
    public void Address_WithoutNetAdmin_SentenceNamesIt() =>
        Assert.Contains("CAP_NET_ADMIN is missing", Probe(PrivilegeProbe.Address, "net_admin"), StringComparison.Ordinal);

    [Fact]
    public void Listen_OnTheBgpPortWithoutNetBindService_SentenceNamesItAndTheRemedy()
    {
        string sentence = Probe(PrivilegeProbe.Listen, "net_bind_service");

        Assert.StartsWith("NotPermitted: cannot bind a TCP socket to 0.0.0.0:179", sentence, StringComparison.Ordinal);
        Assert.Contains("CAP_NET_BIND_SERVICE is missing", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Listen_WithNetBindService_Listens() => Assert.Equal("listens", Probe(PrivilegeProbe.Listen, "net_raw"));

    [Fact]
    public void Loop_WithoutSysNice_RunsAsAnOrdinaryThread() =>
        Assert.StartsWith("Ordinary; ", Probe(PrivilegeProbe.Priority, "sys_nice"), StringComparison.Ordinal);

    [Theory]
    [InlineData(Capability.NetBindService, "CAP_NET_BIND_SERVICE is missing")]
    [InlineData(Capability.NetAdmin, "CAP_NET_ADMIN is missing")]
    [InlineData(Capability.NetRaw, "CAP_NET_RAW is missing")]
    [InlineData(Capability.IpcLock, "CAP_IPC_LOCK is missing")]
    [InlineData(Capability.SysAdmin, "CAP_SYS_ADMIN is missing")]
    [InlineData(Capability.SysNice, "CAP_SYS_NICE is missing")]
    public void Remedy_EachCapability_IsNamed(Capability capability, string start) =>
        Assert.StartsWith(start, Capabilities.Remedy(capability), StringComparison.Ordinal);
}
