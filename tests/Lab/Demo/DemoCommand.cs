// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace LoadBalancer.Lab.Demo;

/// <summary>The <c>demo</c> and <c>demo-vip</c> commands.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        Command command = new("demo", "Show the main job: an address for nginx-ingress-svc, a client served, a node lost, a node drained. DEMO_KEEP=1 leaves it running until Ctrl-C.");
        command.SetAction(async (_, cancellation) =>
        {
            using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            return await MainJob.RunAsync(Environment.GetEnvironmentVariable("DEMO_KEEP") is "1" or "true", ended.Token);
        });
        return command;
    }

    public static Command CreateVip()
    {
        Command command = new("demo-vip", "Show vipd: an address for a pair of nginx hosts, moved by a cut, a kill, a failing script, by hand, by maintenance and by SIGTERM, with every gap.");
        command.SetAction((_, cancellation) => VipJob.RunAsync(cancellation));
        return command;
    }
}
