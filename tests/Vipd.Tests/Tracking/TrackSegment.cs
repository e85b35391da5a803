// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Runtime.ExceptionServices;
using LoadBalancer.Linux;

namespace LoadBalancer.Vipd.Tests.Tracking;

/// <summary>Two network namespaces and a cable between them: eth0 with 192.0.2.1 here, 192.0.2.2 there. Removed with the test.</summary>
internal sealed class TrackSegment : IDisposable
{
    private static int _count;
    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"vipdtrack-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");

    public TrackSegment()
    {
        Run($"netns add {Here}");
        Run($"netns add {There}");
        Run($"-n {Here} link add eth0 type veth peer name eth0 netns {There}");
        foreach ((string place, int last) in new[] { (Here, 1), (There, 2) })
        {
            Run($"-n {place} link set lo up");
            Run($"-n {place} link set eth0 up");
            Run($"-n {place} address add 192.0.2.{last}/24 dev eth0");
        }
    }

    public string Here => _name + "-a";

    public string There => _name + "-b";

    /// <summary>Runs on a thread inside; threads started there are inside as well.</summary>
    public static T Within<T>(string place, Func<T> body)
    {
        T result = default!;
        ExceptionDispatchInfo? fault = null;
        Thread thread = new(() =>
        {
            try
            {
                NetworkNamespace.Enter("/run/netns/" + place);
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

    /// <summary>Runs ip(8) on this side.</summary>
    public void Ip(string arguments) => Run($"-n {Here} {arguments}");

    private static void Run(string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("ip", arguments.Split(' ')) { RedirectStandardError = true })!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"ip {arguments} ended with {process.ExitCode}: {errors}");
    }

    public void Dispose()
    {
        Run($"netns delete {Here}");
        Run($"netns delete {There}");
    }
}
