// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace LoadBalancer.Benchmarks.Reporting;

/// <summary>Where the figures come from.</summary>
public sealed record Machine(int Processors, string Kernel, double Load)
{
    public static Machine Read()
    {
        var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        return new Machine(Environment.ProcessorCount, Environment.OSVersion.Version.ToString(), double.Parse(load, CultureInfo.InvariantCulture));
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Processors} processors, Linux {Kernel}, .NET {Environment.Version}, load {Load:f2} before the run");
}
