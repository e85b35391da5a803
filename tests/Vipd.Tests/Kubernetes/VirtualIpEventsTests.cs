// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Events;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Vipd.Kubernetes;

namespace LoadBalancer.Vipd.Tests.Kubernetes;

public sealed class VirtualIpEventsTests
{
    private readonly List<(EventType Type, string Reason, string Message)> _told = [];
    private readonly VirtualIpEvents _events;
    private readonly Dictionary<string, VirtualIP> _objects = new() { ["web"] = ClusterSample.VirtualIp("web", "192.0.2.100/24") };

    public VirtualIpEventsTests() => _events = new((_, type, reason, message) => _told.Add((type, reason, message)), "node-a");

    [Fact]
    public void Master_BecomesLosesAndBecomesAgain_IsToldEachTime()
    {
        Take(Verdict.Accepted, Report("Backup", 0));
        Assert.Empty(_told);
        Take(Verdict.Accepted, Report("Master", 1, "no master was heard"));
        Take(Verdict.Accepted, Report("Master", 1, "no master was heard"));
        Assert.Equal([(EventType.Normal, "BecameMaster", "node \"node-a\" is master and holds 192.0.2.100/24: no master was heard")], _told);
        // Between two looks it was lost and won.
        Take(Verdict.Accepted, Report("Master", 2, "no master was heard"));
        Take(Verdict.Accepted, Report("Backup", 2, "a higher priority is there"));
        Take(Verdict.Accepted, Report("Backup", 2, "a higher priority is there"));
        Assert.Equal((EventType.Normal, "LostMaster", "node \"node-a\" is master no more: a higher priority is there"), _told[^1]);
        Assert.Equal(3, _told.Count);
    }

    [Fact]
    public void Master_Faults_IsAWarning()
    {
        Take(Verdict.Accepted, Report("Master", 1));
        Take(Verdict.Accepted, Report("Fault", 1, "eth0 is down"));
        Assert.Equal((EventType.Warning, "LostMaster"), (_told[^1].Type, _told[^1].Reason));
    }

    [Theory]
    [InlineData(true, false, 1)]
    [InlineData(false, true, 1)]
    [InlineData(false, false, 0)]
    public void Refusal_IsToldOnceByWhomItConcerns(bool local, bool leads, int times)
    {
        Verdict refused = local ? Verdict.RefusedHere("NoInterface", "no interface") : Verdict.Refused("Invalid", "wrong");
        Take(refused, null, leads);
        Take(refused, null, leads);
        Assert.Equal(times, _told.Count);
        Assert.All(_told, told => Assert.Equal((EventType.Warning, refused.Reason, refused.Message), told));
        // Mended and broken again is told again.
        Take(Verdict.Accepted, null, leads);
        Take(refused, null, leads);
        Assert.Equal(2 * times, _told.Count);
    }

    [Fact]
    public void Master_WhoseObjectIsRefusedNow_IsMasterNoMore()
    {
        Take(Verdict.Accepted, Report("Master", 1));
        Take(Verdict.RefusedHere("NoInterface", "no interface"), null);
        Assert.Equal(["BecameMaster", "NoInterface", "LostMaster"], _told.Select(static t => t.Reason));
    }

    [Theory]
    [Trait("Scenario", "K8-25")]
    [InlineData("192.0.2.99", "Master", false, 1)]
    [InlineData("192.0.2.99", "Backup", true, 1)]
    [InlineData("192.0.2.99", "Backup", false, 0)]
    [InlineData("192.0.2.2", "Master", true, 0)]
    public void Stranger_WithItsNumber_IsToldOnceByOne(string stranger, string state, bool leads, int times)
    {
        Take(Verdict.Accepted, Report(state, 0) with { Stranger = stranger }, leads);
        Take(Verdict.Accepted, Report(state, 0) with { Stranger = stranger }, leads);
        (EventType Type, string Reason, string Message)[] told = [.. _told.Where(static t => t.Reason == "SharedRouterID")];
        Assert.Equal(times, told.Length);
        Assert.All(told, static t => Assert.Equal(EventType.Warning, t.Type));
        Assert.All(told, static t => Assert.StartsWith("192.0.2.99, which is no node of this cluster, uses virtualRouterID 51 on the segment of eth0", t.Message, StringComparison.Ordinal));
    }

    private void Take(Verdict verdict, VirtualIpReport? report, bool leads = false) => _events.Take(
        _objects,
        new() { VirtualIPs = new Dictionary<string, Verdict> { ["web"] = verdict }, Led = leads ? new HashSet<string> { "web" } : [] },
        report is null ? [] : new Dictionary<string, VirtualIpReport> { ["web"] = report },
        static address => address == "192.0.2.2");

    private static VirtualIpReport Report(string state, long transitions, string reason = "") => new("web", state, 200, "eth0", DateTimeOffset.UnixEpoch, transitions, reason);
}
