// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace LoadBalancer.Linux.Tests.Bfd;

/// <summary>A routing daemon in a namespace, in the foreground, ended with the test; its files lie in a folder of its own.</summary>
internal sealed class Daemon : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private readonly List<Process> _processes = [];
    private readonly List<string> _folders = [];
    private readonly TestNamespace _place;
    private Func<string> _show = static () => "";

    private Daemon(TestNamespace place) => _place = place;

    /// <summary>BIRD with one BFD protocol.</summary>
    public static Daemon Bird(TestNamespace place, string bfd)
    {
        Daemon daemon = new(place);
        string folder = daemon.Folder(Path.Combine(Path.GetTempPath(), place.Name + "-bird"));
        File.WriteAllText(Path.Combine(folder, "bird.conf"), $"router id 192.0.2.2;\nprotocol device {{}}\nprotocol bfd b {{\n{bfd}\n}}\n");
        string control = Path.Combine(folder, "control");
        daemon.Start("bird", "-f", "-c", Path.Combine(folder, "bird.conf"), "-s", control, "-P", Path.Combine(folder, "pid"));
        daemon.AwaitFile(control);
        daemon._show = () => TestNamespace.Run("birdc", "-s", control, "show", "bfd", "sessions");
        return daemon;
    }

    /// <summary>FRR's zebra and bfdd.</summary>
    public static Daemon Frr(TestNamespace place, string bfd)
    {
        const string Programs = "/usr/lib/frr/";
        Daemon daemon = new(place);
        string settings = daemon.Folder("/etc/frr/" + place.Name);
        string run = daemon.Folder("/var/run/frr/" + place.Name);
        File.WriteAllText(Path.Combine(settings, "vtysh.conf"), "");
        File.WriteAllText(Path.Combine(settings, "zebra.conf"), "");
        File.WriteAllText(Path.Combine(settings, "bfdd.conf"), bfd);
        TestNamespace.Run("chown", "-R", "frr:frr", settings, run);
        foreach (string program in new[] { "zebra", "bfdd" })
        {
            daemon.Start(Programs + program, "-N", place.Name, "-f", Path.Combine(settings, program + ".conf"), "-i", Path.Combine(run, program + ".pid"), "-u", "frr", "-g", "frr");
            daemon.AwaitFile(Path.Combine(run, program + ".vty"));
        }

        daemon._show = () => TestNamespace.Run("vtysh", "-N", place.Name, "-c", "show bfd peers json");
        return daemon;
    }

    /// <summary>What the daemon says of its sessions.</summary>
    public string Show() => _show();

    private string Folder(string path)
    {
        _folders.Add(Directory.CreateDirectory(path).FullName);
        return path;
    }

    private void Start(string program, params string[] arguments)
    {
        // setpriv: a test program that is killed takes its daemons with it.
        string[] line = ["--pdeathsig", "KILL", "ip", "netns", "exec", _place.Name, program, .. arguments];
        _processes.Add(Process.Start(new ProcessStartInfo("setpriv", line) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!);
    }

    private void AwaitFile(string path)
    {
        long began = Stopwatch.GetTimestamp();
        using ManualResetEventSlim never = new();
        while (!File.Exists(path))
        {
            Assert.False(_processes[^1].HasExited, "the daemon ended: " + (_processes[^1].HasExited ? _processes[^1].StandardError.ReadToEnd() : ""));
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, path + " did not come to be");
            never.Wait(5, TestContext.Current.CancellationToken);
        }
    }

    public void Dispose()
    {
        _processes.Reverse();
        foreach (Process process in _processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        foreach (string folder in _folders)
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
