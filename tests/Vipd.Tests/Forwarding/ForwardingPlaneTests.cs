// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Forwarding;
using LoadBalancer.Vipd.Health;
using LoadBalancer.Vipd.Tests.Health;
using LoadBalancer.Vipd.Tracking;
using LoadBalancer.Vrrp.Tracking;
using Microsoft.Extensions.Logging.Abstractions;

namespace LoadBalancer.Vipd.Tests.Forwarding;

public sealed class ForwardingPlaneTests : IDisposable
{
    private const string IpForward = "/proc/sys/net/ipv4/ip_forward";
    private readonly FakeKernel _kernel = new();
    private readonly Answers _answers = new();

    // Programs by their name: a check ends as it was told, everything else with 0.
    private sealed class Answers : IScriptRunner
    {
        private readonly ConcurrentDictionary<string, int> _statuses = new();

        public ConcurrentQueue<string> Ran { get; } = new();

        public int this[string program]
        {
            set => _statuses[program] = value;
        }

        public Task<(int? ExitStatus, string Words)> RunAsync(IReadOnlyList<string> command, string user, string group, CancellationToken limit)
        {
            if (!command[0].StartsWith("check", StringComparison.Ordinal))
            {
                Ran.Enqueue(string.Join(' ', command));
            }

            return Task.FromResult<(int?, string)>((_statuses.GetValueOrDefault(command[0]), ""));
        }
    }

    private static HealthCheck Check(string program) => new()
    {
        Kind = CheckKind.Script,
        Command = [program],
        Interval = TimeSpan.FromMilliseconds(10),
        Warmup = TimeSpan.Zero,
        Fall = 1,
    };

    private static RealServer Real(int last, params HealthCheck[] checks) => new()
    {
        Address = IpAddr.Parse($"192.0.2.{last}"),
        Port = 8080,
        Checks = [.. checks],
        NotifyUp = ["up", $"{last}"],
        NotifyDown = ["down", $"{last}"],
    };

    private static VirtualServer Web(params RealServer[] servers) => new()
    {
        Name = "web",
        Endpoints = [new(IpAddr.Parse("203.0.113.1"), IpAddr.Parse("203.0.113.1"), 80)],
        Servers = [.. servers],
        QuorumUp = ["quorum", "up"],
        QuorumDown = ["quorum", "down"],
    };

    private static VipConfiguration Configuration(params VirtualServer[] servers) => new() { VirtualServers = [.. servers] };

    private ForwardingPlane Plane(Func<IForwardKernel?>? open = null) => new(
        (out string reason) =>
        {
            reason = "install the library";
            return open is null ? _kernel : open();
        },
        new() { Scripts = _answers },
        NullLogger.Instance);

    private Task Transactions(int count) => Eventually.Holds(() => _kernel.Transactions.Count >= count, () => $"{_kernel.Transactions.Count} of {count} transactions");

    [Fact]
    public async Task Apply_FirstAndChanged_AreATransactionEach()
    {
        await using ForwardingPlane plane = Plane();
        plane.Apply(Configuration(Web(Real(1), Real(2))));
        await Transactions(1);
        Assert.Contains(": 192.0.2.2 . 8080", _kernel.Transactions[0], StringComparison.Ordinal);

        plane.Apply(Configuration(Web(Real(1), Real(2))));
        plane.Apply(Configuration(Web(Real(1), Real(2), Real(3))));
        await Transactions(2);

        Assert.Contains("connections4 { 203.0.113.1 . tcp . 80 . 192.0.2.3 . 8080 }", _kernel.Transactions[1], StringComparison.Ordinal);
        Assert.DoesNotContain("connections4 { 203.0.113.1 . tcp . 80 . 192.0.2.2 . 8080 }", _kernel.Transactions[1], StringComparison.Ordinal);
        Assert.Empty(_kernel.Cuts);
        await Eventually.Holds(() => plane.Status.Transactions == 2);
    }

    [Fact]
    public async Task Server_FailsAndComesBack_OneTransactionEachAndItsConnectionsAreCutOnce()
    {
        await using ForwardingPlane plane = Plane();
        plane.Apply(Configuration(Web(Real(1, Check("check1")), Real(2, Check("check2")))));
        await Transactions(1);
        await Eventually.Holds(() => _answers.Ran.Contains("up 1") && _answers.Ran.Contains("up 2"));

        _answers["check1"] = 1;
        await Transactions(2);
        await Eventually.Holds(() => Shows(plane, v => !v.Servers[0].IsUp));
        Assert.Contains("delete element inet loadbalancer connections4 { 203.0.113.1 . tcp . 80 . 192.0.2.1 . 8080 }", _kernel.Transactions[1], StringComparison.Ordinal);
        Assert.Equal([new(6, IpAddr.Parse("203.0.113.1"), 80, IpAddr.Parse("192.0.2.1"), 8080)], _kernel.Cuts);

        _answers["check1"] = 0;
        await Transactions(3);
        await Eventually.Holds(() => _answers.Ran.Count(static r => r == "up 1") == 2);
        Assert.Equal(3, _kernel.Transactions.Count);
        Assert.Single(_kernel.Cuts);
        Assert.Equal(["down 1"], _answers.Ran.Where(static r => r.StartsWith("down", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Server_FailsAndDrains_IsNotCut()
    {
        await using ForwardingPlane plane = Plane();
        plane.Apply(Configuration(Web(Real(1, Check("check1")) with { DrainOnFailure = true }, Real(2))));
        await Transactions(1);

        _answers["check1"] = 1;
        await Transactions(2);
        await Eventually.Holds(() => Shows(plane, v => !v.Servers[0].IsUp));

        Assert.DoesNotContain("delete", _kernel.Transactions[1], StringComparison.Ordinal);
        Assert.Empty(_kernel.Cuts);
    }

    [Fact]
    public async Task Server_TakenOutOfTheConfiguration_IsNotCut()
    {
        await using ForwardingPlane plane = Plane();
        plane.Apply(Configuration(Web(Real(1), Real(2))));
        await Transactions(1);

        plane.Apply(Configuration(Web(Real(1))));
        await Transactions(2);

        await Eventually.Holds(() => Shows(plane, v => v.Servers.Count == 1));
        Assert.Empty(_kernel.Cuts);
    }

    [Fact]
    public async Task Udp_NewService_CutsWhatWentPastIt()
    {
        await using ForwardingPlane plane = Plane();
        plane.Apply(Configuration(Web(Real(1)) with { Protocol = TransportProtocol.Udp }));
        await Eventually.Holds(() => _kernel.Cuts.Count > 0);

        Assert.Equal([new(17, IpAddr.Parse("203.0.113.1"), 80, IpAddr.Parse("203.0.113.1"), 80)], _kernel.Cuts);
    }

    [Fact]
    public async Task Quorum_LostAndGained_RunsItsProgramsAndPutsTheSorryServerIn()
    {
        await using ForwardingPlane plane = Plane();
        plane.Apply(Configuration(Web(Real(1, Check("check1")), Real(2, Check("check2"))) with { Quorum = 2, SorryServer = Real(9) }));
        await Eventually.Holds(() => _answers.Ran.Contains("quorum up"));

        _answers["check1"] = 1;
        await Eventually.Holds(() => _answers.Ran.Contains("quorum down"));
        await Eventually.Holds(() => Shows(plane, v => v is { UsesSorryServer: true, HasQuorum: false, Weight: 1 }));
        Assert.Contains("add rule inet loadbalancer s.tcp.203.0.113.1.80 meta l4proto tcp dnat ip to 192.0.2.9:8080", _kernel.Transactions[1], StringComparison.Ordinal);

        _answers["check1"] = 0;
        await Eventually.Holds(() => _answers.Ran.Count(static r => r == "quorum up") == 2);
        await Eventually.Holds(() => Shows(plane, v => v is { UsesSorryServer: false }));
        Assert.Equal(3, _kernel.Transactions.Count);
    }

    [Fact]
    public async Task StartDown_UntilChecked_HasNoEndpoint()
    {
        _answers["check1"] = 1;
        await using ForwardingPlane plane = Plane();
        plane.Apply(Configuration(Web(Real(1, Check("check1"))) with { StartDown = true }));
        await Transactions(1);
        Assert.Contains("reject with tcp reset", _kernel.Transactions[0], StringComparison.Ordinal);

        _answers["check1"] = 0;
        await Transactions(2);
        Assert.Contains("dnat ip to 192.0.2.1:8080", _kernel.Transactions[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_ChangedCheck_KeepsTheVerdict()
    {
        await using ForwardingPlane plane = Plane();
        plane.Apply(Configuration(Web(Real(1, Check("check1")), Real(2))));
        _answers["check1"] = 1;
        await Eventually.Holds(() => plane.Status.VirtualServers is [{ Servers: [{ IsUp: false }, ..] }]);

        // With this one nobody is asked for an hour.
        plane.Apply(Configuration(Web(Real(1, Check("check9") with { Warmup = TimeSpan.FromHours(1) }), Real(2)) with { Quorum = 1, Hysteresis = 0, User = "nobody" }));
        await Eventually.Holds(() => Shows(plane, v => v.Servers[0].Checks[0].Words == "not asked yet"));

        Assert.False(plane.Status.VirtualServers[0].Servers[0].IsUp);
    }

    [Fact]
    public async Task Checks_WithoutTheAddress_RestWhereThatIsAskedFor()
    {
        await using ForwardingPlane plane = Plane();
        plane.Apply(Configuration(Web(Real(1, Check("check1"))) with { SuspendWithoutAddress = true }));
        await Transactions(1);
        await Eventually.Holds(() => Shows(plane, static _ => true));
        Assert.Equal(0, plane.Status.VirtualServers[0].Servers[0].Checks[0].Asked);

        plane.Holds([IpAddr.Parse("203.0.113.1")]);
        await Eventually.Holds(() => Shows(plane, v => v.Servers[0].Checks[0].Asked > 2));
        Assert.True(plane.Status.VirtualServers[0].IsHeld);

        plane.Holds([]);
        await Eventually.Holds(() => Shows(plane, v => !v.IsHeld));
        long asked = plane.Status.VirtualServers[0].Servers[0].Checks[0].Asked;
        plane.Apply(Configuration(Web(Real(1, Check("check1")), Real(2)) with { SuspendWithoutAddress = true }));
        await Transactions(2);
        Assert.Equal(asked, plane.Status.VirtualServers[0].Servers[0].Checks[0].Asked);
    }

    [Fact]
    public async Task TrackedFile_KnownBeforeAndAfter_Counts()
    {
        HealthCheck file = new() { Kind = CheckKind.File, Name = "drain" };
        await using ForwardingPlane plane = Plane();
        plane.Take(new(TrackedKind.File, "drain", TrackState.Up, -254, "-254"));
        plane.Apply(Configuration(Web(Real(1, file), Real(2))));
        await Eventually.Holds(() => plane.Status.VirtualServers is [{ Servers: [{ IsUp: false }, ..] }]);

        plane.Take(new(TrackedKind.File, "drain", TrackState.Up, 4, "4"));

        await Eventually.Holds(() => Shows(plane, v => v.Servers[0] is { IsUp: true, Weight: 5 }));
    }

    [Fact]
    public async Task Kernel_RefusesTheChange_IsToldAndTriedAnewAsAWhole()
    {
        await using ForwardingPlane plane = Plane();
        plane.Apply(Configuration(Web(Real(1))));
        await Transactions(1);
        _kernel.Refusal = "not permitted";
        plane.Apply(Configuration(Web(Real(1), Real(2))));
        await Eventually.Holds(() => plane.Status is { IsActive: false, Problems: ["not permitted"] });

        _kernel.Refusal = null;
        await Transactions(2);

        Assert.StartsWith("add table inet loadbalancer\ndelete table inet loadbalancer\n", _kernel.Transactions[1], StringComparison.Ordinal);
        await Eventually.Holds(() => plane.Status is { IsActive: true, Problems: [] });
    }

    [Fact]
    public async Task Table_OfAFormerLife_IsReplacedAndItsCountersGoOn()
    {
        _kernel.Counters = FakeKernel.List(["\"203.0.113.1\",\"tcp\",80"], 41);
        await using ForwardingPlane plane = Plane();
        plane.Apply(Configuration(Web(Real(1))));
        await Transactions(1);

        Assert.Contains("add element inet loadbalancer services4 { 203.0.113.1 . tcp . 80 counter packets 41 bytes 4100 : goto s.tcp.203.0.113.1.80 }", _kernel.Transactions[0], StringComparison.Ordinal);
        await Eventually.Holds(() => Shows(plane, v => v.Endpoints is [{ Connections: 41 }, ..]));
    }

    [Fact]
    public async Task NoVirtualServer_LeftoversGoAndLaterAnEmptyTableStays()
    {
        await using ForwardingPlane plane = Plane();
        plane.Apply(Configuration());
        await Transactions(1);
        plane.Apply(Configuration());
        plane.Apply(Configuration(Web(Real(1))));
        await Transactions(2);
        plane.Apply(Configuration());
        await Transactions(3);

        Assert.Equal("add table inet loadbalancer\ndelete table inet loadbalancer\n", _kernel.Transactions[0]);
        Assert.DoesNotContain("delete table", _kernel.Transactions[2], StringComparison.Ordinal);
        Assert.Contains("delete chain inet loadbalancer s.tcp.203.0.113.1.80", _kernel.Transactions[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Library_Missing_IsToldOnlyWhereItIsNeeded()
    {
        await using ForwardingPlane plane = Plane(static () => null);
        plane.Apply(Configuration());
        plane.Apply(Configuration(Web(Real(1))));

        await Eventually.Holds(() => plane.Status is { IsActive: false, Problems: ["install the library"] });
        plane.Apply(Configuration());
        await Eventually.Holds(() => plane.Status.Problems.Count == 0);
    }

    [Fact]
    public async Task Node_DoesNotForward_IsToldWithTheRemedy()
    {
        _kernel.Files[IpForward] = "0\n";
        _kernel.Files["/proc/thread-self/net/ip_vs"] = "IP Virtual Server version 1.2.1";
        await using ForwardingPlane plane = Plane();
        plane.Apply(Configuration(Web(Real(1))));

        await Eventually.Holds(() => plane.Status.Problems.Count == 1);
        Assert.Contains("net.ipv4.ip_forward = 1", plane.Status.Problems[0], StringComparison.Ordinal);
        Assert.Contains("IPVS", Assert.Single(plane.Status.Notes), StringComparison.Ordinal);
        Assert.True(plane.Status.IsActive);
    }

    [Fact]
    public async Task Metrics_OfServersAndEndpoints_AreWhatTheStatusShows()
    {
        _kernel.Counters = FakeKernel.List(["\"203.0.113.1\",\"tcp\",80"], 41);
        await using ForwardingPlane plane = Plane();
        plane.Apply(Configuration(Web(Real(1, Check("check1")) with { Weight = 3 })));
        await Eventually.Holds(() => plane.Status.VirtualServers is [{ Endpoints: [{ Connections: 41 }], Servers: [{ Checks: [{ Asked: > 0 }] }] }]);

        ConcurrentDictionary<string, long> seen = new();
        using MeterListener listener = new();
        listener.InstrumentPublished = static (instrument, l) =>
        {
            if (instrument.Meter.Name == ForwardingMetrics.MeterName)
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.Start();
        listener.RecordObservableInstruments();

        // Planes of other tests measure as well, with nothing of this address and weight.
        Assert.Equal(41, seen["loadbalancer_vip_connections_total web 203.0.113.1 80 tcp"]);
        Assert.Equal(3, seen["loadbalancer_vip_server_weight web 192.0.2.1 8080"]);
        Assert.Contains("loadbalancer_vip_forwarding_transactions_total", seen.Keys);
        Assert.Contains("loadbalancer_vip_checks_failed_total web 192.0.2.1 8080", seen.Keys);

        void Keep(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            string key = instrument.Name;
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                key += $" {tag.Value}";
            }

            seen.AddOrUpdate(key, value, (_, other) => Math.Max(other, value));
        }
    }

    [Fact]
    public async Task Stop_TakesTheTableAwayAndRunsDownPrograms()
    {
        ForwardingPlane plane = Plane();
        plane.Apply(Configuration(Web(Real(1, Check("check1"))) with { NotifyOnStop = true }));
        await Eventually.Holds(() => _answers.Ran.Contains("up 1") && _answers.Ran.Contains("quorum up"));

        await plane.DisposeAsync();

        Assert.Equal("add table inet loadbalancer\ndelete table inet loadbalancer\n", _kernel.Transactions[^1]);
        Assert.Equal(["down 1", "quorum down"], _answers.Ran.Where(static r => r.Contains("down", StringComparison.Ordinal)));
        Assert.True(_kernel.IsDisposed);
    }

    public void Dispose() => _kernel.Dispose();

    // What is shown follows what is done: right after the first transaction it may still be nothing.
    private static bool Shows(ForwardingPlane plane, Func<VirtualServerStatus, bool> what) => plane.Status.VirtualServers is [var first, ..] && what(first);
}
