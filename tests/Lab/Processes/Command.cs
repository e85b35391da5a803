// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace LoadBalancer.Lab.Processes;

/// <summary>A short command, run to its end.</summary>
public static class Command
{
    /// <summary>Runs a command and returns its output; throws with both of its streams when it fails.</summary>
    public static async Task<string> RunAsync(
        string file, IReadOnlyList<string> arguments, string? input = null, CancellationToken cancellation = default)
    {
        var (status, output, error) = await TryRunAsync(file, arguments, input, cancellation);
        return status == 0
            ? output
            : throw new CommandFailedException($"{file} {string.Join(' ', arguments)}: exit {status}\n{error}{output}{input}");
    }

    /// <summary>Runs a command and returns its exit status and both streams.</summary>
    public static async Task<(int Status, string Output, string Error)> TryRunAsync(
        string file, IReadOnlyList<string> arguments, string? input = null, CancellationToken cancellation = default)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new CommandFailedException($"{file} did not start");
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var error = process.StandardError.ReadToEndAsync(cancellation);
        try
        {
            try
            {
                await process.StandardInput.WriteAsync((input ?? "").AsMemory(), cancellation);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // The command ended without reading: its status says why.
            }

            await process.WaitForExitAsync(cancellation);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }
}
