// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace LoadBalancer.ApiServer.Tests;

/// <summary>The real kubectl against one server, with a home directory of its own.</summary>
public sealed class Kubectl : IDisposable
{
    private const string Program = "/usr/bin/kubectl";
    public string Home { get; } = Directory.CreateTempSubdirectory("apiserver-kubectl-").FullName;

    public Kubectl(EmbeddedApiServer server) => File.WriteAllText(Path.Combine(Home, "config"), server.Kubeconfig());

    public static void SkipWithout() => Assert.SkipWhen(!File.Exists(Program), "kubectl is not installed");

    public string Write(string name, string text)
    {
        var path = Path.Combine(Home, name);
        File.WriteAllText(path, text);
        return path;
    }

    public async Task<string> RunAsync(params string[] arguments)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = Path.Combine(Home, "config");
        start.Environment["HOME"] = Home;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (await output + await errors).Trim();
    }

    public void Dispose() => Directory.Delete(Home, recursive: true);
}
