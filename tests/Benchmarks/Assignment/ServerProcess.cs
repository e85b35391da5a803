// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Lab.Cluster;

namespace LoadBalancer.Benchmarks.Assignment;

/// <summary>The embedded API server as a process of its own, over TLS, so that its work is nobody else's.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly string _directory;

    private ServerProcess(Process process, string directory)
    {
        _process = process;
        _directory = directory;
    }

    internal string KubeConfig => Path.Combine(_directory, "kubeconfig");

    internal TimeSpan ProcessorTime => _process.TotalProcessorTime;

    internal static async Task<ServerProcess> StartAsync(CancellationToken cancellation)
    {
        var directory = Directory.CreateTempSubdirectory("lb-bench-").FullName;
        var program = Path.Combine(AppContext.BaseDirectory, "apiserver");
        var server = new ServerProcess(
            Start(program, ["--listen", "127.0.0.1:0", "--kubeconfig-out", Path.Combine(directory, "kubeconfig")]), directory);
        try
        {
            var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            server._process.OutputDataReceived += (_, line) =>
            {
                if (line.Data is null)
                    listening.TrySetException(new InvalidOperationException("The API server ended before it listened."));
                else if (line.Data.StartsWith("listening on", StringComparison.Ordinal))
                    listening.TrySetResult();
            };
            Drain(server._process);
            await listening.Task.WaitAsync(StartTime, TimeProvider.System, cancellation);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A server for a cluster of the lab, which owns it from then on.</summary>
    internal static async Task<LabApiServer> StartForLabAsync(CancellationToken cancellation)
    {
        var server = await StartAsync(cancellation);
        return new LabApiServer(await File.ReadAllTextAsync(server.KubeConfig, cancellation), server);
    }

    /// <summary>Starts a program with its output on pipes.</summary>
    internal static Process Start(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = "";
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
    }

    /// <summary>Reads and forgets what a process prints, so that it never waits for a reader.</summary>
    internal static void Drain(Process process)
    {
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    internal static async Task EndAsync(Process process)
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync(_process);
        Directory.Delete(_directory, recursive: true);
    }
}
