// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace LoadBalancer.Benchmarks.Micro;

/// <summary>The command that runs the micro-benchmarks.</summary>
internal static class MicroBenchmarks
{
    internal static Command Create()
    {
        var command = new Command("micro", "Single operations of the hot paths, by BenchmarkDotNet: takes minutes");
        command.SetAction(_ => 0);
        return command;
    }
}
