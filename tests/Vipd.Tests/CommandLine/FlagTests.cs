// SPDX-License-Identifier: Apache-2.0
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
}
