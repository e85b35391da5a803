// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Speaker.Cluster;

namespace LoadBalancer.Speaker.Tests;

/// <summary>One ServiceL2Status for each Service answered for from here, and what becomes of those of others.</summary>
public sealed class L2StatusKeeperTests : IDisposable
{
    private const string Collection = "/apis/metallb.io/v1beta1/namespaces/lb/servicel2statuses";
    private static readonly HashSet<ObjectKey> Nothing = [];

    private readonly FarEnd _server = new();
    private readonly List<StatusWritten> _written = [];
    private readonly L2StatusWriter _writer;
    private readonly L2StatusKeeper _keeper;

    public L2StatusKeeperTests()
    {
        _writer = new L2StatusWriter(_server.Client(), Sample.Namespace, Sample.Node, TestContext.Current.CancellationToken);
        _keeper = new L2StatusKeeper(
            _writer,
            Sample.Node,
            written =>
            {
                _written.Add(written);
                return ValueTask.CompletedTask;
            },
            new KeptLog());
    }

    public void Dispose() => _server.Dispose();

    private string Own => _writer.NameOf(Sample.Web);

    [Fact]
    public async Task Nothing_IsWritten_BeforeAllThatIsThereIsRead()
    {
        Announce();
        await SettleAsync(1);
        Assert.Empty(_server.Asked);
        Synced();
        await SettleAsync(1);
        Assert.Equal([("POST", Collection), ("PATCH", $"{Collection}/{Own}/status")], _server.Asked.Select(a => (a.Method, a.Path)));
        Assert.Equal("""{"status":{"node":"node-1","serviceName":"web","serviceNamespace":"shop","interfaces":[{"name":"eth0"}]}}""", _server.Asked[1].Body);
    }

    [Fact]
    public async Task Service_TakenOver_LosesWhatTheNodeBeforeHadWritten()
    {
        Synced();
        Add(There(Own, Sample.Node));
        Add(There("theirs", "node-2"));
        Announce();
        await SettleAsync(1);
        Assert.Equal(("DELETE", $"{Collection}/theirs"), (Assert.Single(_server.Asked).Method, _server.Asked[0].Path));
    }

    [Fact]
    public async Task Service_AnsweredForNoMore_LosesItsObject()
    {
        Synced();
        Add(There(Own, Sample.Node));
        await SettleAsync(1);
        Assert.Equal(("DELETE", $"{Collection}/{Own}"), (Assert.Single(_server.Asked).Method, _server.Asked[0].Path));
    }

    [Fact]
    public async Task Object_OfAnotherNode_StaysWhileThatNodeIsHeard()
    {
        Synced();
        Add(There("theirs", "node-2"));
        await SettleAsync(1);
        Assert.Empty(_server.Asked);
        _keeper.SetLost(new HashSet<string> { "node-2" });
        await SettleAsync(2);
        Assert.Equal("DELETE", Assert.Single(_server.Asked).Method);
    }

    [Fact]
    public async Task Object_WrittenAfterItsNodeWasLost_Stays()
    {
        Synced();
        _keeper.SetLost(new HashSet<string> { "node-2" });
        Add(There("theirs", "node-2"));
        await SettleAsync(1);
        Assert.Empty(_server.Asked);
    }

    [Fact]
    public async Task Service_InDoubt_IsLeftToAPeerThatWritesItsOwn()
    {
        Synced();
        Add(There(Own, Sample.Node));
        _keeper.SetDesired(new() { [Sample.Web] = ["eth0"] }, [Sample.Web]);
        await SettleAsync(1);
        Add(There("theirs", "node-2"));
        await SettleAsync(2);
        Assert.Empty(_server.Asked);
    }

    [Fact]
    public async Task Object_DeletedBySomebodyElse_ComesBackAfterAPause()
    {
        Synced();
        Add(There(Own, Sample.Node));
        Announce();
        await SettleAsync(1);
        _keeper.Take(new InformerEvent<ServiceL2Status>(InformerEventType.Deleted, There(Own, Sample.Node)), Sample.At(5));
        Assert.Equal(Sample.At(7), _keeper.Settle(Sample.At(5)));
        Assert.Empty(_server.Asked);
        await SettleAsync(7);
        Assert.Equal("POST", _server.Asked[0].Method);
    }

    [Fact]
    public void RecordedNode_OfSeveral_IsThatOfTheNewest()
    {
        ServiceL2Status older = There("a", "node-2"), newer = There("b", "node-3");
        older.Metadata.CreationTimestamp = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        newer.Metadata.CreationTimestamp = new DateTimeOffset(2026, 1, 1, 0, 0, 1, TimeSpan.Zero);
        Add(newer);
        Add(older);
        Assert.Equal("node-3", _keeper.RecordedNode(Sample.Web));
        Assert.Null(_keeper.RecordedNode(new ObjectKey("shop", "none")));
    }

    private static ServiceL2Status There(string name, string node) => new()
    {
        Metadata = new() { Namespace = Sample.Namespace, Name = name, Uid = "uid-" + name },
        Status = new() { Node = node, ServiceName = "web", ServiceNamespace = "shop", Interfaces = [new() { Name = "eth0" }] },
    };

    private void Announce() => _keeper.SetDesired(new() { [Sample.Web] = ["eth0"] }, Nothing);

    private void Synced() => _keeper.Take(new InformerEvent<ServiceL2Status>(InformerEventType.Synced), Sample.At(0));

    private void Add(ServiceL2Status item) => _keeper.Take(new InformerEvent<ServiceL2Status>(InformerEventType.Added, item), Sample.At(0));

    private async Task SettleAsync(double at)
    {
        _keeper.Settle(Sample.At(at));
        await _keeper.DrainAsync();
        foreach (StatusWritten written in _written)
            _keeper.Take(written, Sample.At(at));
        _written.Clear();
    }
}
