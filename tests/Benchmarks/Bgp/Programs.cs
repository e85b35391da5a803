// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Benchmarks.Reporting;

namespace LoadBalancer.Benchmarks.Bgp;

/// <summary>Which router programs this machine has.</summary>
internal static class Programs
{
    private static readonly string[] Places = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/sbin"];

    /// <summary>Whether a program is there, by name or by path.</summary>
    internal static bool Has(string program) => Places.Any(p => File.Exists(Path.Combine(p, program)));

    /// <summary>Whether a program is there; its absence is told.</summary>
    internal static bool Has(Report report, string name, string program)
    {
        if (Has(program))
            return true;
        report.Say($"{name} is absent ({program}): not measured beside us");
        return false;
    }
}
