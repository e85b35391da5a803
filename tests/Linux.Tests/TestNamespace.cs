// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Runtime.ExceptionServices;

namespace LoadBalancer.Linux.Tests;

/// <summary>A network namespace of this test program's own, removed with it; those a killed run left are swept first.</summary>
internal sealed class TestNamespace : IDisposable
{
    private const string Prefix = "lblinux-";
    private static int _count;

    static TestNamespace()
    {
        if (!Directory.Exists("/run/netns"))
        {
            return;
        }

        foreach (string path in Directory.GetFiles("/run/netns", Prefix + "*"))
        {
            string name = System.IO.Path.GetFileName(path);
            if (!Directory.Exists("/proc/" + name.Split('-')[1]))
            {
                Run("ip", "netns", "delete", name);
            }
        }
    }

    public TestNamespace()
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
        Run("ip", "netns", "add", Name);
        Within(() =>
        {
            // No test waits for duplicate detection but the one that asks for it.
            File.WriteAllText("/proc/sys/net/ipv6/conf/default/accept_dad", "0");
            File.WriteAllText("/proc/sys/net/ipv6/conf/all/accept_dad", "0");
            return 0;
        });
        Ip("link set lo up");
    }

    public string Name { get; }

    /// <summary>Runs ip(8) inside.</summary>
    public string Ip(string arguments) => Run("ip", ["-n", Name, .. arguments.Split(' ')]);

    /// <summary>Runs on a thread inside; threads started there, a reactor's too, are inside as well.</summary>
    public T Within<T>(Func<T> body)
    {
        T result = default!;
        ExceptionDispatchInfo? fault = null;
        Thread thread = new(() =>
        {
            try
            {
                NetworkNamespace.Enter("/run/netns/" + Name);
                result = body();
            }
#pragma warning disable CA1031 // Rethrown on the caller's thread.
            catch (Exception thrown)
#pragma warning restore CA1031
            {
                fault = ExceptionDispatchInfo.Capture(thrown);
            }
        });
        thread.Start();
        thread.Join();
        fault?.Throw();
        return result;
    }

    /// <summary>A file of the namespace's /proc/net.</summary>
    public string ProcNet(string file) => Within(() => File.ReadAllText("/proc/thread-self/net/" + file));

    public int IndexOf(string link) => int.Parse(Within(() => ReadIndex(link)), CultureInfo.InvariantCulture);

    public string MacOf(string link) => Ip($"-o link show {link}").Split("link/ether ")[1][..17];

    private string ReadIndex(string link) => Ip($"-o link show {link}").Split(':')[0];

    public void Dispose() => Run("ip", "netns", "delete", Name);

    public static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = process.StandardOutput.ReadToEnd();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {errors}");
    }
}
