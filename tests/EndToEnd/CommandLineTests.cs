// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Lab.Processes;
using LoadBalancer.Testing;

namespace LoadBalancer.EndToEnd;

/// <summary>What the daemons say on a terminal; needs no lab.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("lb-e2e-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("controller", "--kubeconfig --namespace --pod-name --log-level --port --health-probe-port --bind-address --lb-class")]
    [InlineData("speaker", "--kubeconfig --namespace --pod-name --log-level --port --health-probe-port --bind-address --lb-class --node-name --ml-secret-key-path --insecure-heartbeats --heartbeat-interval --heartbeat-peers --ignore-exclude-lb")]
    public async Task Help_OfADaemon_NamesEveryFlag(string program, string flags)
    {
        var (status, output, error) = await RunAsync(program, "--help");

        Assert.Equal((0, ""), (status, error));
        foreach (var flag in flags.Split(' '))
            Assert.Contains(flag, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Speaker_WithoutNodeName_SaysWhatIsMissing()
    {
        var (status, _, error) = await RunAsync("speaker", "--kubeconfig", Write("{}"), "--insecure-heartbeats");

        Assert.NotEqual(0, status);
        Assert.Contains("--node-name", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Speaker_WithoutHeartbeatKey_SaysWhatIsMissing()
    {
        var (status, _, error) = await RunAsync("speaker", "--kubeconfig", Write("{}"), "--node-name", "node-1");

        Assert.NotEqual(0, status);
        Assert.Contains("--ml-secret-key-path", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("192.0.2.11,node-2", "'node-2'")]
    [InlineData("224.0.0.246", "'224.0.0.246'")]
    [InlineData("nodes,0.0.0.0", "'0.0.0.0'")]
    public async Task Speaker_PeerThatIsNoAddress_IsNamedWithTheRemedy(string peers, string named)
    {
        var (status, _, error) = await RunAsync(
            "speaker", "--kubeconfig", Write("{}"), "--node-name", "node-1", "--insecure-heartbeats", "--heartbeat-peers", peers);

        Assert.NotEqual(0, status);
        Assert.Contains($"--heartbeat-peers: {named}", error, StringComparison.Ordinal);
        Assert.Contains("separated by commas", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--port", "70000")]
    [InlineData("--log-level", "loud")]
    [InlineData("--bind-address", "everywhere")]
    [InlineData("--no-such-flag", "1")]
    public async Task Controller_FlagOutOfBounds_IsNamedWithItsValue(string flag, string value)
    {
        var (status, output, error) = await RunAsync("controller", flag, value);

        Assert.NotEqual(0, status);
        Assert.Contains(flag == "--no-such-flag" ? flag : value, error + output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("controller")]
    [InlineData("speaker")]
    public async Task KubeConfig_Absent_IsNamed(string program)
    {
        var missing = Path.Combine(_directory, "absent");
        var (status, _, error) = await RunAsync(program, ["--kubeconfig", missing, .. Speaker(program)]);

        Assert.NotEqual(0, status);
        Assert.Contains(missing, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("controller", "apiVersion: [")]
    [InlineData("controller", "apiVersion: v1\nkind: Config\nclusters: []\n")]
    [InlineData("speaker", "\u0001\u0002")]
    public async Task KubeConfig_Unreadable_IsNamed(string program, string content)
    {
        var file = Write(content);
        var (status, _, error) = await RunAsync(program, ["--kubeconfig", file, .. Speaker(program)]);

        Assert.NotEqual(0, status);
        Assert.Contains(file, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    private static string[] Speaker(string program) => program == "speaker" ? ["--node-name", "node-1", "--insecure-heartbeats"] : [];

    private string Write(string content)
    {
        var file = Path.Combine(_directory, "kubeconfig");
        File.WriteAllText(file, content);
        return file;
    }

    private static async Task<(int Status, string Output, string Error)> RunAsync(string program, params string[] arguments)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        // The machine's own configuration must not reach the program.
        return await Command.TryRunAsync(
            "env", ["-u", "KUBECONFIG", "-u", "METALLB_NODE_NAME", "-u", "METALLB_ML_SECRET_KEY_PATH", "-u", "LOADBALANCER_HEARTBEAT_PEERS", Checkout.Program(program), .. arguments], null, limit.Token);
    }
}
