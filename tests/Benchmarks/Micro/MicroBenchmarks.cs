// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace LoadBalancer.Benchmarks.Micro;

/// <summary>The command that runs the micro-benchmarks.</summary>
internal static class MicroBenchmarks
{
    internal static Command Create()
    {
        var command = new Command("micro", "Single operations of the hot paths, by BenchmarkDotNet; not part of the default run");
        command.SetAction(_ =>
        {
            // In this process: the runner would otherwise build a project of its own under the rules of this tree.
            var config = ManualConfig.CreateEmpty()
                .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
                .AddColumnProvider(DefaultColumnProviders.Instance)
                .AddLogger(ConsoleLogger.Default)
                .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "lb-bench-micro"));
            BenchmarkRunner.Run([typeof(ResponderBenchmarks), typeof(HeartbeatBenchmarks), typeof(AllocateBenchmarks), typeof(UpdateBenchmarks)], config);
            return 0;
        });
        return command;
    }
}
