// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json.Nodes;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;
using LoadBalancer.Speaker.Bgp;
using LoadBalancer.Speaker.Cluster;

namespace LoadBalancer.Speaker.Tests;

/// <summary>When this node's element of BGPPeer.status.sessions is written, and with what in it.</summary>
public sealed class SessionKeeperTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FarEnd _server = new();
    private readonly KeptLog _log = new();
    private readonly List<SessionWritten> _written = [];
    private readonly SessionKeeper _keeper;
    private readonly BGPPeer _object = new() { Metadata = new() { Namespace = Sample.Namespace, Name = "tor" } };

    public SessionKeeperTests() => _keeper = new SessionKeeper(
        new SessionWriter(_server.Client(), Sample.Node, TestContext.Current.CancellationToken),
        Sample.Node,
        written =>
        {
            _written.Add(written);
            return ValueTask.CompletedTask;
        },
        _log);

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Session_ComesUp_IsWrittenAtOnceUnderAManagerOfThisNode()
    {
        Report(Sample.Neighbor(SessionState.Established, since: 5), 10);
        Assert.Equal(MonoTime.Never, await SettleAsync(10));
        (string method, string path, string body) = Assert.Single(_server.Asked);
        Assert.Equal(("PATCH", "/apis/metallb.io/v1beta2/namespaces/lb/bgppeers/tor/status?fieldManager=speaker-node-1&force=true"), (method, path));
        JsonNode session = JsonNode.Parse(body)!["status"]!["sessions"]!.AsArray().Single()!;
        Assert.Equal(
            ("node-1", "Established", "2026-01-01T11:59:55Z", 64513, 3, 7),
            ((string?)session["node"], (string?)session["state"], (string?)session["since"], (int)session["peerASN"]!, (int)session["prefixesSent"]!, (int)session["prefixesReceived"]!));
        Assert.Null(session["lastError"]);
    }

    [Fact]
    public async Task Session_SameAsThere_IsNotWritten()
    {
        Report(Sample.Neighbor(SessionState.Established, since: 5), 10);
        await SettleAsync(10);
        See();
        Assert.Equal(MonoTime.Never, await SettleAsync(11));
        Assert.Single(_server.Asked);
    }

    [Fact]
    public async Task Counters_Change_WaitTenSecondsAndThenTellTheLast()
    {
        await UpAndSeenAsync();
        Report(Sample.Neighbor(SessionState.Established, 4, since: 5), 11);
        Assert.Equal(Sample.At(20), await SettleAsync(11));
        Report(Sample.Neighbor(SessionState.Established, 9, since: 5), 15);
        Assert.Equal(Sample.At(20), await SettleAsync(15));
        await SettleAsync(20);
        Assert.Equal(2, _server.Asked.Count);
        Assert.Contains("\"prefixesSent\":9", _server.Asked[1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Counters_OfAPeerOfManyNodes_WaitASecondForEachNode()
    {
        await UpAndSeenAsync();
        _object.Status.Sessions = [.. _object.Status.Sessions, .. Enumerable.Range(2, 59).Select(i => new BGPSession { Node = $"node-{i}" })];
        Report(Sample.Neighbor(SessionState.Established, 4, since: 5), 11);
        Assert.Equal(Sample.At(70), await SettleAsync(11));
    }

    [Fact]
    public async Task Session_GoesDown_IsWrittenWithinASecondWithTheReason()
    {
        await UpAndSeenAsync();
        NeighborReport down = Sample.Neighbor(SessionState.Idle, 0, since: 10.5);
        Report(down with { Session = down.Session! with { LastEnd = Sample.End("BGPPeer tor: the line was cut") } }, 10.5);
        Assert.Equal(Sample.At(11), await SettleAsync(10.5));
        await SettleAsync(11);
        Assert.Contains("\"state\":\"Idle\"", _server.Asked[1].Body, StringComparison.Ordinal);
        Assert.Contains("\"lastError\":\"the line was cut\"", _server.Asked[1].Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SessionState.Established, SessionState.Active, 11)]
    [InlineData(SessionState.Active, SessionState.Established, 11)]
    [InlineData(SessionState.Active, SessionState.OpenSent, 20)]
    public async Task DynamicPeer_ComesUpOrGoesDown_IsWrittenWithinASecondAndItsAttemptsAreNot(SessionState before, SessionState after, double due)
    {
        Report(Sample.Range(SessionState.Established, before), 10);
        await SettleAsync(10);
        See();
        Report(Sample.Range(SessionState.Established, after), 10.5);
        Assert.Equal(Sample.At(due), await SettleAsync(10.5));
        await SettleAsync(due);
        Assert.Contains($"\"state\":\"{after}\"", _server.Asked[1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_ThatTheWatchNeverShows_IsRepeatedAfterHalfAMinute()
    {
        Report(Sample.Neighbor(SessionState.Established, since: 5), 10);
        await SettleAsync(10);
        Assert.Equal(Sample.At(40), await SettleAsync(12));
        await SettleAsync(40);
        Assert.Equal(2, _server.Asked.Count);
    }

    [Fact]
    public async Task Write_ThatFails_IsToldAndRepeatedAfterItsPause()
    {
        _server.Status = HttpStatusCode.InternalServerError;
        Report(Sample.Neighbor(SessionState.Established, since: 5), 10);
        await SettleAsync(10);
        Assert.Contains("status of BGPPeer tor", Assert.Single(_log.Entries).Text, StringComparison.Ordinal);
        _server.Status = HttpStatusCode.OK;
        MonoTime due = await SettleAsync(10);
        Assert.True(due > Sample.At(10) && due <= Sample.At(12), due.ToString());
        await SettleAsync(12);
        Assert.Equal(2, _server.Asked.Count);
    }

    [Fact]
    public async Task Write_ToAPeerThatIsGone_IsNoFault()
    {
        _server.Status = HttpStatusCode.NotFound;
        Report(Sample.Neighbor(SessionState.Established, since: 5), 10);
        await SettleAsync(10);
        Assert.Empty(_log.Entries);
    }

    [Fact]
    public async Task Peer_NoLongerOfThisNode_LosesTheElementAndNothingElse()
    {
        await UpAndSeenAsync();
        _object.Status.Sessions = [.. _object.Status.Sessions, new BGPSession { Node = "node-2" }];
        await SettleAsync(20, isOurs: false);
        Assert.Equal("""{"apiVersion":"metallb.io/v1beta2","kind":"BGPPeer","metadata":{"name":"tor","namespace":"lb"},"status":{}}""", _server.Asked[1].Body);
    }

    [Fact]
    public async Task Peer_OfThisNodeNotReportedYet_IsLeftAlone()
    {
        _object.Status.Sessions = [new BGPSession { Node = Sample.Node, State = "Established" }];
        Assert.Equal(MonoTime.Never, await SettleAsync(10));
        Assert.Empty(_server.Asked);
    }

    [Fact]
    public async Task Peers_ThatAreMany_AreWrittenEightAtATime()
    {
        BGPPeer[] objects = [.. Enumerable.Range(0, 20).Select(i => new BGPPeer { Metadata = new() { Namespace = Sample.Namespace, Name = $"p{i}" } })];
        _keeper.Take(Sample.Report([.. objects.Select(o => Sample.Neighbor(SessionState.Idle, name: o.Metadata.Name!))]), Noon, Sample.At(1));
        _server.Holds = true;
        _keeper.Settle(objects, static _ => true, Sample.At(1));
        Assert.Equal(8, _server.Asked.Count);
        _server.Release();
        await _keeper.DrainAsync();
        foreach (SessionWritten written in _written.ToArray())
            _keeper.Take(written, Sample.At(1));
        _keeper.Settle(objects, static _ => true, Sample.At(1));
        await _keeper.DrainAsync();
        Assert.Equal(16, _server.Asked.Count);
    }

    [Fact]
    public async Task Node_WithAVeryLongName_WritesUnderAManagerTheServerTakes()
    {
        string node = new('n', 200);
        SessionWriter writer = new(_server.Client(), node, TestContext.Current.CancellationToken);
        await writer.PutAsync(Sample.Namespace, "tor", null);
        string manager = _server.Asked[0].Path.Split("fieldManager=")[1].Split('&')[0];
        Assert.InRange(manager.Length, 20, 128);
    }

    [Fact]
    public void Element_TooLongAnError_IsCutToWhatTheDefinitionAllows()
    {
        NeighborReport refused = Sample.Neighbor(SessionState.Idle) with { Intent = Sample.Intent() with { Hindrance = new string('x', 3000) } };
        Assert.Equal(1024, SessionElement.Of(refused, Sample.Node, null).LastError!.Length);
    }

    [Fact]
    public void Element_Error_IsTheHindranceThenBfdThenTheLastEnd()
    {
        NeighborReport report = Sample.Neighbor(SessionState.Idle);
        report = report with { Session = report.Session! with { LastEnd = Sample.End("ended") } };
        Assert.Equal("ended", SessionElement.ErrorOf(report));
        report = report with { BfdFault = "no socket" };
        Assert.Equal("BFD cannot guard the session: no socket", SessionElement.ErrorOf(report));
        Assert.Equal("refused", SessionElement.ErrorOf(report with { Intent = report.Intent with { Hindrance = "refused" } }));
    }

    private async Task UpAndSeenAsync()
    {
        Report(Sample.Neighbor(SessionState.Established, since: 5), 10);
        await SettleAsync(10);
        See();
    }

    private void Report(NeighborReport neighbor, double at) => _keeper.Take(Sample.Report(neighbor), Noon.AddSeconds(at - 10), Sample.At(at));

    // The watch shows what was written last.
    private void See()
    {
        JsonNode session = JsonNode.Parse(_server.Asked[^1].Body)!["status"]!["sessions"]![0]!;
        _object.Status.Sessions =
        [
            new BGPSession
            {
                Node = (string)session["node"]!,
                State = (string)session["state"]!,
                Since = DateTimeOffset.Parse((string)session["since"]!, System.Globalization.CultureInfo.InvariantCulture),
                PeerAsn = (long?)session["peerASN"],
                RouterId = (string?)session["routerID"],
                Families = [.. session["families"]?.AsArray().Select(f => (string)f!) ?? []],
                DynamicPeers = [.. session["dynamicPeers"]?.AsArray().Select(ReadMember) ?? []],
                PrefixesSent = (long?)session["prefixesSent"],
                PrefixesReceived = (long?)session["prefixesReceived"],
            },
        ];
    }

    private static BGPDynamicPeer ReadMember(JsonNode? peer) =>
        new() { Address = (string)peer!["address"]!, State = (string)peer["state"]!, PeerAsn = (long?)peer["peerASN"] };

    private async Task<MonoTime> SettleAsync(double at, bool isOurs = true)
    {
        MonoTime next = _keeper.Settle([_object], _ => isOurs, Sample.At(at));
        await _keeper.DrainAsync();
        foreach (SessionWritten written in _written)
            _keeper.Take(written, Sample.At(at));
        _written.Clear();
        return next;
    }
}
