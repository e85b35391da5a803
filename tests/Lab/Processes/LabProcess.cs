// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.State;

namespace LoadBalancer.Lab.Processes;

/// <summary>A program that runs inside a namespace, in a session of its own, with its output on record.</summary>
public sealed class LabProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly ProcessIdentity _identity;
    private readonly Task _ended;
    private int _disposed;

    private LabProcess(string name, string logFile, Process process, ProcessIdentity identity, ProcessOutput output)
    {
        Name = name;
        LogFile = logFile;
        _process = process;
        _identity = identity;
        Output = output;
        _ended = process.WaitForExitAsync();
    }

    public string Name { get; }

    public string LogFile { get; }

    /// <summary>What the process has printed, both streams.</summary>
    public ProcessOutput Output { get; }

    public int Pid => _identity.Pid;

    public bool IsRunning => !_ended.IsCompleted;

    /// <summary>The exit status, once the process has ended; 128 + n after signal n.</summary>
    public int? ExitCode => _ended.IsCompletedSuccessfully ? _process.ExitCode : null;

    /// <summary>Resident memory in octets; zero when the process has ended.</summary>
    public long ResidentBytes => ReadStatus("VmRSS:") * 1024;

    /// <summary>Processor time used so far.</summary>
    public TimeSpan ProcessorTime => IsRunning && _disposed == 0 ? _process.TotalProcessorTime : TimeSpan.Zero;

    internal static async Task<LabProcess> StartAsync(LabState state, LabNamespace place, LabProcessOptions options)
    {
        string[] command = ["ip", "netns", "exec", place.Name, options.File, .. options.Arguments];
        // setsid: a group of its own, so that workers are signalled with their master. Neither tool forks here.
        string[] prefix = options.OutlivesOwner ? [] : ["setpriv", "--pdeathsig", "KILL"];
        var start = new ProcessStartInfo("setsid", (string[])[.. prefix, .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in options.Environment)
            start.Environment[key] = value;
        var logFile = Path.Combine(state.Directory, "logs", options.Name + ".log");
        var process = await SpawnThread.StartAsync(start);
        if (!ProcessIdentity.TryOf(process.Id, out var identity))
            identity = new ProcessIdentity(process.Id, -1);
        state.Record(identity, options.Name);
        process.StandardInput.Close();
        return new LabProcess(options.Name, logFile, process, identity, new ProcessOutput(process, logFile));
    }

    /// <summary>Signals the process alone, by number.</summary>
    public void Signal(int signal) => _identity.Signal(signal);

    /// <summary>SIGTERM.</summary>
    public void Terminate() => Signal(15);

    /// <summary>SIGKILL, to the process and its children.</summary>
    public void Kill() => _identity.Signal(9, group: true);

    /// <summary>SIGSTOP: alive, but as if its processor were taken away.</summary>
    public void Pause() => Signal(19);

    /// <summary>SIGCONT.</summary>
    public void Resume() => Signal(18);

    /// <summary>Waits for the end and returns the exit status.</summary>
    public async Task<int> WaitForExitAsync(CancellationToken cancellation = default)
    {
        await _ended.WaitAsync(cancellation);
        return _process.ExitCode;
    }

    /// <summary>Waits for a line that holds the text; fails with the log's tail at the deadline or when the process ends.</summary>
    public async Task<string> WaitForLineAsync(string text, TimeSpan deadline, CancellationToken cancellation = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var line = Output.WaitForAsync(l => l.Contains(text, StringComparison.Ordinal), limit.Token);
        var timer = Task.Delay(deadline, TimeProvider.System, limit.Token);
        var first = await Task.WhenAny(line, _ended, timer);
        try
        {
            if (first == line || line.IsCompletedSuccessfully)
                return await line;
            cancellation.ThrowIfCancellationRequested();
            throw new CommandFailedException(
                $"{Name} {(first == timer ? $"did not print \"{text}\" within {deadline}" : $"ended with {_process.ExitCode} before it printed \"{text}\"")}:\n{Output.Tail(30)}");
        }
        finally
        {
            await limit.CancelAsync();
        }
    }

    /// <summary>SIGTERM, and SIGKILL when that is not heeded within five seconds; returns the exit status.</summary>
    public async Task<int> StopAsync(CancellationToken cancellation = default)
    {
        Terminate();
        // A paused process takes the signal only when it runs.
        Resume();
        try
        {
            await _ended.WaitAsync(StopTime, TimeProvider.System, cancellation);
        }
        catch (TimeoutException)
        {
            Kill();
            await _ended.WaitAsync(cancellation);
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        // By a cluster and by its network, for one.
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        Kill();
        await _ended;
        await Output.DisposeAsync();
        _process.Dispose();
    }


    private long ReadStatus(string field)
    {
        try
        {
            var line = File.ReadLines($"/proc/{Pid}/status").FirstOrDefault(l => l.StartsWith(field, StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line[field.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
