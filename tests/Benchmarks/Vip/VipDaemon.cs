// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Testing;

namespace LoadBalancer.Benchmarks.Vip;

/// <summary>vipd or keepalived on a host of the lab. Both read the same file, a keepalived.conf, so that their settings cannot differ.</summary>
internal sealed class VipDaemon(LabNetwork network, LabHost host, bool isOurs)
{
    internal const string Peer = "keepalived";

    /// <summary>Field of /proc/PID/stat, after the name, that holds the session.</summary>
    private const int SessionField = 3;

    private readonly string _files = Path.Combine(network.State.Directory, (isOurs ? "vipd-" : "keepalived-") + host.Name);
    private LabProcess? _process;
    private int _starts;

    internal string Name => isOurs ? "vipd" : Peer;

    internal bool IsOurs => isOurs;

    internal LabHost Host => host;

    internal bool IsRunning => _process is { IsRunning: true };

    internal LabProcess Process => _process ?? throw new InvalidOperationException($"{Name} on {host} was not started.");

    /// <summary>Writes what it reads at its next start.</summary>
    internal Task ConfigureAsync(string conf, CancellationToken cancellation)
    {
        Directory.CreateDirectory(_files);
        return File.WriteAllTextAsync(ConfigurationFile, conf, cancellation);
    }

    internal async Task StartAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(_files)}-{++_starts}");
        // Killed, it left them behind, and another process may have its number by now.
        File.Delete(_files + ".pid");
        File.Delete(_files + ".vrrp.pid");
        _process = isOurs
            ? await network.StartProcessAsync(
                host.Namespace, name, Checkout.Program("vipd"), "run", "--config", ConfigurationFile, "--node-name", host.Name, "--state-dir", Path.Combine(_files, "state"))
            : await network.StartProcessAsync(
                host.Namespace, name, Peer, "-n", "-l", "-D", "-P", "-f", ConfigurationFile, "-p", _files + ".pid", "-r", _files + ".vrrp.pid");
    }

    /// <summary>Ends it, if it runs, and waits for that.</summary>
    internal Task StopAsync(CancellationToken cancellation) => IsRunning ? Process.StopAsync(cancellation) : Task.CompletedTask;

    /// <summary>Resident memory of all its processes, in millions of octets.</summary>
    internal double Megabytes() => Own().Sum(static pid => Status(pid, "VmRSS:")) * 1024 / 1e6;

    /// <summary>Processor time of all its processes so far.</summary>
    internal TimeSpan ProcessorTime() => TimeSpan.FromMicroseconds(Own().Sum(static pid => Nanoseconds(pid)) / 1000.0);

    /// <summary>How many addresses its host has that begin so.</summary>
    internal async Task<int> HeldAsync(string prefix, CancellationToken cancellation)
    {
        var list = await LabNetwork.RunAsync(host.Namespace, "ip", ["-4", "-o", "address", "show"], null, cancellation);
        return list.Split('\n').Count(l => l.Contains(" " + prefix, StringComparison.Ordinal));
    }

    /// <summary>Waits until its host has this many addresses that begin so.</summary>
    internal async Task WaitForHeldAsync(string prefix, int count, TimeSpan patience, CancellationToken cancellation)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (await HeldAsync(prefix, cancellation) is var held && held != count)
        {
            if (!IsRunning || TimeProvider.System.GetElapsedTime(began) > patience)
            {
                throw new CommandFailedException(
                    $"{Name} on {host} {(IsRunning ? "runs" : "has ended")} with {held} of {count} addresses {prefix}* after {TimeProvider.System.GetElapsedTime(began).TotalSeconds:f0} s:\n{Process.Output.Tail(20)}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellation);
        }
    }

    private string ConfigurationFile => Path.Combine(_files, "vrrp.conf");

    // Each process of the lab leads a session of its own, which its children share.
    private List<int> Own() =>
        [.. Directory.EnumerateDirectories("/proc")
            .Select(static d => int.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0 && Stat(pid) is { } stat && stat[SessionField] == Process.Pid.ToString(CultureInfo.InvariantCulture))];

    // The scheduler's own account of each thread: ticks of ten milliseconds are too coarse for what is idle.
    private static long Nanoseconds(int pid) => Directory.EnumerateDirectories($"/proc/{pid}/task")
        .Sum(static task => Read(task + "/schedstat") is { } text ? long.Parse(text[..text.IndexOf(' ')], CultureInfo.InvariantCulture) : 0);

    // The name is in parentheses and may hold anything.
    private static string[]? Stat(int pid) => Read($"/proc/{pid}/stat") is { } text ? text[(text.LastIndexOf(')') + 2)..].Split(' ') : null;

    private static long Status(int pid, string field)
    {
        var line = Read($"/proc/{pid}/status")?.Split('\n').FirstOrDefault(l => l.StartsWith(field, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line[field.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }

    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
