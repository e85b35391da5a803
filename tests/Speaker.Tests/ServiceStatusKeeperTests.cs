// SPDX-License-Identifier: Apache-2.0
using System.Net;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;
using LoadBalancer.Speaker.Bgp;
using LoadBalancer.Speaker.Cluster;

namespace LoadBalancer.Speaker.Tests;

/// <summary>One ServiceBGPStatus for each Service announced from here: what is there is brought to what should be.</summary>
public sealed class ServiceStatusKeeperTests : IDisposable
{
    private const string Collection = "/apis/metallb.io/v1beta1/namespaces/lb/servicebgpstatuses";

    private readonly FarEnd _server = new();
    private readonly KeptLog _log = new();
    private readonly List<ServiceStatusWritten> _written = [];
    private readonly ServiceStatusWriter _writer;
    private readonly ServiceStatusKeeper _keeper;

    public ServiceStatusKeeperTests()
    {
        _writer = new ServiceStatusWriter(_server.Client(), Sample.Namespace, Sample.Node, TestContext.Current.CancellationToken);
        _keeper = new ServiceStatusKeeper(
            _writer,
            Sample.Node,
            written =>
            {
                _written.Add(written);
                return ValueTask.CompletedTask;
            },
            _log);
    }

    public void Dispose() => _server.Dispose();

    private string Own => _writer.NameOf(Sample.Web);

    [Fact]
    public async Task Service_Announced_IsCreatedWithLabelsAndThenGetsItsStatus()
    {
        _keeper.Set(Sample.Web, ["a", "b"]);
        await SettleAsync(1);
        Assert.Equal([("POST", Collection), ("PATCH", $"{Collection}/{Own}/status")], _server.Asked.Select(a => (a.Method, a.Path)));
        Assert.Contains("\"metallb.io/node\":\"node-1\"", _server.Asked[0].Body, StringComparison.Ordinal);
        Assert.Contains("\"metallb.io/service-name\":\"web\"", _server.Asked[0].Body, StringComparison.Ordinal);
        Assert.Equal("""{"status":{"node":"node-1","serviceName":"web","serviceNamespace":"shop","peers":["a","b"]}}""", _server.Asked[1].Body);
    }

    [Fact]
    public async Task Service_ToldToOtherPeers_ChangesTheStatusAlone()
    {
        Add(There(Own, Sample.Node, "a"));
        _keeper.Set(Sample.Web, ["b"]);
        await SettleAsync(1);
        Assert.Equal(("PATCH", $"{Collection}/{Own}/status"), (Assert.Single(_server.Asked).Method, _server.Asked[0].Path));
    }

    [Fact]
    public async Task Service_AsItIsThere_IsNotWritten()
    {
        Add(There(Own, Sample.Node, "a"));
        _keeper.Set(Sample.Web, ["a"]);
        Assert.Equal(MonoTime.Never, await SettleAsync(1));
        Assert.Empty(_server.Asked);
    }

    [Fact]
    public async Task Service_NotAnnounced_LosesThisVeryObject()
    {
        Add(There(Own, Sample.Node, "a"));
        await SettleAsync(1);
        Assert.Equal(("DELETE", $"{Collection}/{Own}"), (Assert.Single(_server.Asked).Method, _server.Asked[0].Path));
        Assert.Contains($"\"uid\":\"uid-{Own}\"", _server.Asked[0].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Object_OfAnotherName_OfThisNode_GoesOnceItsOwnIsRight()
    {
        Add(There("older", Sample.Node, "a"));
        Add(There(Own, Sample.Node, "a"));
        _keeper.Set(Sample.Web, ["a"]);
        await SettleAsync(1);
        Assert.Equal(("DELETE", $"{Collection}/older"), (Assert.Single(_server.Asked).Method, _server.Asked[0].Path));
    }

    [Fact]
    public async Task Object_OfAnotherNode_IsNoneOfOurs()
    {
        Add(There("theirs", "node-2", "a"));
        await SettleAsync(1);
        Assert.Empty(_server.Asked);
        Assert.False(_keeper.IsRecorded(Sample.Web));
    }

    [Fact]
    public async Task Write_ThatFails_IsToldAndRepeatedAfterTwoSeconds()
    {
        _server.Status = HttpStatusCode.Forbidden;
        _keeper.Set(Sample.Web, ["a"]);
        await SettleAsync(1);
        Assert.Equal(11029, Assert.Single(_log.Entries).Id);
        Assert.Equal(Sample.At(3), await SettleAsync(1.5));
        Assert.Single(_server.Asked);
        _server.Status = HttpStatusCode.OK;
        await SettleAsync(3);
        Assert.Equal(3, _server.Asked.Count);
    }

    [Fact]
    public async Task Create_OfWhatIsThereAlready_GoesOnToItsStatus()
    {
        _server.Status = HttpStatusCode.Conflict;
        _keeper.Set(Sample.Web, ["a"]);
        await SettleAsync(1);
        Assert.Equal(2, _server.Asked.Count);
        Assert.Empty(_log.Entries);
    }

    [Fact]
    public async Task Write_ThatTheWatchNeverShows_IsRepeatedAfterHalfAMinute()
    {
        _keeper.Set(Sample.Web, ["a"]);
        await SettleAsync(1);
        Assert.Equal(Sample.At(31), await SettleAsync(2));
        await SettleAsync(31);
        Assert.Equal(4, _server.Asked.Count);
    }

    [Fact]
    public async Task Write_UnderWay_IsFollowedByTheNextOnlyWhenItHasEnded()
    {
        _server.Holds = true;
        _keeper.Set(Sample.Web, ["a"]);
        _keeper.Settle(Sample.At(1));
        _keeper.Set(Sample.Web, ["b"]);
        _keeper.Settle(Sample.At(1));
        Assert.Single(_server.Asked);
        _server.Release();
        await _keeper.DrainAsync();
        Add(There(Own, Sample.Node, "a"));
        await SettleAsync(1);
        await SettleAsync(40);
        Assert.Contains("\"peers\":[\"b\"]", _server.Asked[^1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Services_ThatAreMany_AreWrittenSixteenAtATime()
    {
        _server.Holds = true;
        for (int i = 0; i < 40; i++)
            _keeper.Set(new ObjectKey("shop", $"s{i}"), ["a"]);
        _keeper.Settle(Sample.At(1));
        Assert.Equal(16, _server.Asked.Count);
        _server.Release();
        await _keeper.DrainAsync();
    }

    [Fact]
    public void Object_AboutAService_IsFoundByItsLabelsAndElseByItsStatus()
    {
        ServiceBGPStatus item = There("x", Sample.Node, "a");
        Assert.Equal(Sample.Web, _writer.ServiceOf(item));
        item.Metadata.Labels = new Dictionary<string, string> { [StatusLabels.Service] = "other", [StatusLabels.Namespace] = "place" };
        Assert.Equal(new ObjectKey("place", "other"), _writer.ServiceOf(item));
    }

    [Fact]
    public void Labels_OfANodeWhoseNameIsTooLong_SelectEverything()
    {
        Assert.Equal("metallb.io/node=" + new string('n', 63), StatusLabels.SelectorOf(new string('n', 63)));
        Assert.Null(StatusLabels.SelectorOf(new string('n', 64)));
    }

    private static ServiceBGPStatus There(string name, string node, params string[] peers) => new()
    {
        Metadata = new() { Namespace = Sample.Namespace, Name = name, Uid = "uid-" + name },
        Status = new() { Node = node, ServiceName = "web", ServiceNamespace = "shop", Peers = peers },
    };

    private void Add(ServiceBGPStatus item) => _keeper.Take(new InformerEvent<ServiceBGPStatus>(InformerEventType.Added, item));

    private async Task<MonoTime> SettleAsync(double at)
    {
        MonoTime next = _keeper.Settle(Sample.At(at));
        await _keeper.DrainAsync();
        foreach (ServiceStatusWritten written in _written)
            _keeper.Take(written, Sample.At(at));
        _written.Clear();
        return next;
    }
}
