// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tests;

/// <summary>Two hosts on one wire: namespaces of this test alone, joined by a veth pair, removed at the end.</summary>
public sealed class Wire : IDisposable
{
    public const string Link = "w0";
    private static int _made;

    public Wire()
    {
        string id = $"lxt{Environment.ProcessId % 100000}{(char)('a' + (Interlocked.Increment(ref _made) % 26))}";
        Left = new Host($"{id}l", MacAddr.Parse("02:00:5e:00:53:01"));
        Right = new Host($"{id}r", MacAddr.Parse("02:00:5e:00:53:02"));
        Ip($"netns add {Left.Name}");
        Ip($"netns add {Right.Name}");
        Ip($"link add {Link} netns {Left.Name} address {Left.Mac} type veth peer name {Link} netns {Right.Name} address {Right.Mac}");
        foreach (Host host in (Host[])[Left, Right])
        {
            Ip($"-n {host.Name} link set lo up");
            Ip($"-n {host.Name} link set {Link} up");
            Ip($"-n {host.Name} addr add 192.0.2.{(host == Left ? 1 : 2)}/24 dev {Link}");
            Ip($"-n {host.Name} addr add fe80::{(host == Left ? 1 : 2)}/64 dev {Link} nodad");
            host.Index = int.Parse(Ip($"-n {host.Name} -o link show dev {Link}").Split(':')[0], System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    public Host Left { get; }

    public Host Right { get; }

    public static string Ip(string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"ip {arguments}: {error}");
        return output;
    }

    public void Dispose()
    {
        Left.Dispose();
        Right.Dispose();
    }
}
