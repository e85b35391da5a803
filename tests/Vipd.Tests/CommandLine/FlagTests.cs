// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;

namespace LoadBalancer.Vipd.Tests.CommandLine;

public sealed class FlagTests
{
    [Fact]
    public void Root_KnownFlags_ParseWithoutError() =>
        Assert.Empty(VipdCommandLine.Create(TimeProvider.System).Parse(["--config", "a.yaml", "--port", "0", "--state-dir", "/run/x", "--node-name", "n1"]).Errors);

    [Theory]
    [InlineData("--port", "70000", "--port: '70000' is not a port; give a number from 0 (off) to 65535")]
    [InlineData("--health-probe-port", "-1", "--health-probe-port: '-1' is not a port; give a number from 0 (off) to 65535")]
    [InlineData("--host", "here", "--host: 'here' is not an IP address; 127.0.0.1 keeps the ports on this host, 0.0.0.0 opens them to the network")]
    public void Root_ValueOutOfBounds_SaysWhatFits(string flag, string value, string expected) =>
        Assert.Contains(VipdCommandLine.Create(TimeProvider.System).Parse([flag, value]).Errors, error => error.Message == expected);

    [Fact]
    public void Failover_ToSomebodyAndReleased_IsRefused() => Assert.Contains(
        VipdCommandLine.Create(TimeProvider.System).Parse(["failover", "web", "--to", "192.0.2.2", "--release"]).Errors,
        error => error.Message.Contains("exclude each other", StringComparison.Ordinal));

    [Fact]
    public void Ports_AreInUseOrTheSame_TheFlagIsNamed()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        int taken = ((IPEndPoint)other.LocalEndpoint).Port;
        DiagnosticsPorts.Demand(new(IPAddress.Loopback, 0, 0));
        Assert.Contains("--health-probe-port", Assert.Throws<VipdStartException>(() => DiagnosticsPorts.Demand(new(IPAddress.Loopback, 0, taken))).Message, StringComparison.Ordinal);
        Assert.Contains("both", Assert.Throws<VipdStartException>(() => DiagnosticsPorts.Demand(new(IPAddress.Loopback, 9121, 9121))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void StateDirectory_PathIsTooLongForASocket_IsRefusedBeforeAnythingIsMade()
    {
        string path = Path.Combine(Path.GetTempPath(), new string('x', 100));
        Assert.Contains("--state-dir", Assert.Throws<VipdStartException>(() => new StateDirectory(path)).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(path));
    }
}
