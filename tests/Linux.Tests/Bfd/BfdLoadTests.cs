// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using LoadBalancer.Bfd;
using LoadBalancer.Linux.Bfd;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tests.Bfd;

/// <summary>What a loaded host does to sessions; alone, because it takes every processor.</summary>
[CollectionDefinition(nameof(BfdLoadTests), DisableParallelization = true)]
[Collection(nameof(BfdLoadTests))]
public sealed class BfdLoadTests : IDisposable
{
    private const string Seconds = "BFD_BURN_SECONDS";
    private const int Rate = 50;
    private readonly Segment _segment = new();

    [Fact]
    [Trait("Scenario", "B26")]
    public void Sessions_EveryProcessorBusyAndMemoryChurning_AreUpAfterwards()
    {
        const int Sessions = 20;
        using BfdHost here = new(_segment.A, 1);
        using BfdHost there = new(_segment.B, 2);
        List<BfdPath> paths = [];
        for (int i = 1; i <= Sessions; i++)
        {
            _segment.A.Ip($"address add 198.51.100.{i}/24 dev eth0");
            _segment.B.Ip($"address add 198.51.100.{100 + i}/24 dev eth0");
            paths.Add(here.Set(here.Path($"198.51.100.{100 + i}", $"198.51.100.{i}"), BfdHost.Every(Rate)));
            there.Set(there.Path($"198.51.100.{i}", $"198.51.100.{100 + i}"), BfdHost.Every(Rate));
        }

        paths.ForEach(path => here.Await(path, static v => v.State == BfdState.Up && v.DetectionTime == TimeSpan.FromMilliseconds(3 * Rate), "negotiated"));
        double seconds = double.Parse(Environment.GetEnvironmentVariable(Seconds) ?? "3", CultureInfo.InvariantCulture);
        Burn(TimeSpan.FromSeconds(seconds));

        BfdSnapshot snapshot = here.Snapshot();
        TestContext.Current.TestOutputHelper?.WriteLine($"{Sessions} sessions at {Rate} ms x 3 for {seconds:f0} s of full load, priority {snapshot.Priority}, latest deadline {snapshot.Latest.TotalMilliseconds:f1} ms late, {GC.CollectionCount(0)} collections: "
            + $"{snapshot.Sessions.Sum(static s => s.FailureCount)} failures, {snapshot.Sessions.Sum(static s => s.Received)} packets in, {snapshot.Sessions.Sum(static s => s.Sent)} out");
        // How many fail under such a load is a figure of the machine, not a verdict: a stop of the whole process is one of all sessions.
        paths.ForEach(path => here.Await(path, static v => v.State == BfdState.Up, "up"));
        Assert.All(snapshot.Sessions, static session => Assert.True(session.Received > 0 && session.SendFailures == 0));
    }

    [Fact]
    public void Sessions_SendingAndReceiving_AllocateNothing()
    {
        const int Packets = 500;
        using BfdHost here = new(_segment.A, 1);
        using BfdHost there = new(_segment.B, 2);
        here.Set(here.Path("192.0.2.2", "192.0.2.1"), BfdHost.Every(10, 10));
        BfdPath theirs = there.Set(there.Path("192.0.2.1", "192.0.2.2"), BfdHost.Every(10, 10));

        // Nobody asks the driver that is measured anything between its two notices: asking allocates.
        here.AwaitNotice(static n => n.Transition.To == BfdState.Up);
        there.Await(theirs, static v => v.Sent > Packets, "packets");
        TestNamespace.Run("ip", "netns", "exec", _segment.A.Name, "nft", "add table netdev cut; add chain netdev cut c { type filter hook ingress device eth0 priority 0; policy drop; }");
        here.AwaitNotice(static n => n.IsFailure);

        Assert.Equal(0, here.AllocatedBeforeLastNotice);
    }

    // The load is that of other processes of the node, as where speakers run; memory churns in this one.
    private static void Burn(TimeSpan span)
    {
        const int PerProcessor = 3;
        const int Block = 1 << 12;
        const int BlocksPerRound = 256;
        List<Process> burners = [];
        try
        {
            for (int i = 0; i < PerProcessor * Environment.ProcessorCount; i++)
            {
                burners.Add(Process.Start(new ProcessStartInfo("setpriv", ["--pdeathsig", "KILL", "sh", "-c", "while :; do :; done"]))!);
            }

            // About 200 MB a second, a million routes' worth, and a collection every fraction of a second.
            MonoTime end = Reactor.Now + span;
            using ManualResetEventSlim never = new();
            while (Reactor.Now < end)
            {
                byte[][] kept = new byte[BlocksPerRound][];
                for (int i = 0; i < kept.Length; i++)
                {
                    kept[i] = new byte[Block];
                }

                never.Wait(5, TestContext.Current.CancellationToken);
            }
        }
        finally
        {
            burners.ForEach(static burner =>
            {
                burner.Kill();
                burner.WaitForExit();
                burner.Dispose();
            });
        }
    }

    public void Dispose() => _segment.Dispose();
}
