// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Kubernetes.Tests.Informers;

public sealed class ResourceCacheTests
{
    private readonly ResourceCache<Service> _cache = new();

    [Fact]
    public void Relist_NothingChanged_DeliversNothing()
    {
        Replace(Item("a", "u1", "1"), Item("b", "u2", "2"));
        Assert.Empty(Replace(Item("a", "u1", "1"), Item("b", "u2", "2")));
    }

    [Fact]
    public void Relist_ChangedGoneAndNew_DeliversDeletionsFirst()
    {
        Replace(Item("a", "u1", "1"), Item("b", "u2", "2"));
        Assert.Equal(["Updated a u1 5", "Added c u3 4"], Replace(Item("a", "u1", "5"), Item("b", "u2", "2"), Item("c", "u3", "4")));
        Assert.Equal(["Deleted a u1 5", "Deleted c u3 4", "Added d u4 6"], Replace(Item("d", "u4", "6"), Item("b", "u2", "2")));
    }

    [Fact]
    public void Relist_RecreatedUnderOneName_IsDeletedThenAdded()
    {
        Replace(Item("a", "u1", "1"));
        Assert.Equal(["Deleted a u1 1", "Added a u9 7"], Replace(Item("a", "u9", "7")));
        Assert.Equal(1, _cache.Count);
    }

    [Fact]
    public void Relist_UnreadableObject_StaysAsItWasKnown()
    {
        Replace(Item("a", "u1", "1"));
        var changes = new List<InformerEvent<Service>>();
        _cache.Replace([], [new(Item("a", "u1", "2").Metadata, "broken")], changes);
        Assert.Empty(changes);
        Assert.True(_cache.TryGet(new("ns", "a"), out _));
    }

    [Fact]
    public void Watch_RepeatedEvent_IsDeliveredOnce()
    {
        Assert.Equal(["Added a u1 1"], Apply(WatchEventType.Added, Item("a", "u1", "1")));
        Assert.Empty(Apply(WatchEventType.Added, Item("a", "u1", "1")));
        Assert.Equal(["Updated a u1 2"], Apply(WatchEventType.Modified, Item("a", "u1", "2")));
        Assert.Empty(Apply(WatchEventType.Modified, Item("a", "u1", "2")));
        Assert.Empty(Apply(WatchEventType.Modified, Item("a", "u1", "1")));
        Assert.Equal(["Deleted a u1 3"], Apply(WatchEventType.Deleted, Item("a", "u1", "3")));
        Assert.Empty(Apply(WatchEventType.Deleted, Item("a", "u1", "3")));
    }

    [Fact]
    public void Watch_LateDeletionOfAnEarlierObject_DoesNotTouchItsSuccessor()
    {
        Apply(WatchEventType.Added, Item("a", "u2", "9"));
        Assert.Empty(Apply(WatchEventType.Deleted, Item("a", "u1", "5")));
        Assert.Equal(1, _cache.Count);
    }

    [Fact]
    public void Watch_Modified_CarriesBothStates()
    {
        Apply(WatchEventType.Added, Item("a", "u1", "1"));
        var changes = new List<InformerEvent<Service>>();
        _cache.Apply(new(WatchEventType.Modified, Item("a", "u1", "2"), "2"), changes);
        var change = Assert.Single(changes);
        Assert.Equal(("1", "2"), (change.Old!.Metadata.ResourceVersion, change.Item!.Metadata.ResourceVersion));
    }

    [Fact]
    public void Random_ListsAndWatches_ReplayedByAConsumerGiveTheServersState()
    {
        var random = new Random(7);
        var server = new Dictionary<string, Service>();
        var consumer = new Dictionary<string, string>();
        for (var version = 1; version < 20_000; version++)
        {
            var name = $"n{random.Next(20)}";
            var text = version.ToString(System.Globalization.CultureInfo.InvariantCulture);
            var missed = random.Next(3) == 0;
            WatchEvent<Service> change;
            if (!server.TryGetValue(name, out var known))
            {
                server[name] = Item(name, $"u{version}", text);
                change = new(WatchEventType.Added, server[name], text);
            }
            else if (random.Next(2) == 0)
            {
                server[name] = Item(name, known.Metadata.Uid!, text);
                change = new(WatchEventType.Modified, server[name], text);
            }
            else
            {
                server.Remove(name);
                change = new(WatchEventType.Deleted, Item(name, known.Metadata.Uid!, text), text);
            }
            var changes = new List<InformerEvent<Service>>();
            if (!missed) _cache.Apply(change, changes);
            else if (random.Next(2) == 0) _cache.Replace([.. server.Values], [], changes);
            else continue;
            if (!missed && random.Next(4) == 0) _cache.Replace([.. server.Values], [], changes);
            foreach (var taken in changes) Take(consumer, taken);
            if (changes.Count == 0 || random.Next(10) != 0) continue;
            changes.Clear();
            _cache.Replace([.. server.Values], [], changes);
            foreach (var taken in changes) Take(consumer, taken);
            Assert.Equal(server.Count, consumer.Count);
            foreach (var (key, item) in server) Assert.Equal(Text(item), consumer[key]);
        }
    }

    private static void Take(Dictionary<string, string> consumer, InformerEvent<Service> change)
    {
        var name = change.Item!.Metadata.Name!;
        if (change.Type == InformerEventType.Added)
        {
            Assert.True(consumer.TryAdd(name, Text(change.Item)), "added twice");
        }
        else if (change.Type == InformerEventType.Updated)
        {
            Assert.Equal(Text(change.Old!), consumer[name]);
            consumer[name] = Text(change.Item);
        }
        else
        {
            Assert.True(consumer.Remove(name), "deleted twice");
        }
    }

    private List<string> Replace(params Service[] items)
    {
        var changes = new List<InformerEvent<Service>>();
        _cache.Replace(items, [], changes);
        return [.. changes.Select(change => $"{change.Type} {Text(change.Item!)}")];
    }

    private List<string> Apply(WatchEventType type, Service item)
    {
        var changes = new List<InformerEvent<Service>>();
        _cache.Apply(new(type, item, item.Metadata.ResourceVersion!), changes);
        return [.. changes.Select(change => $"{change.Type} {Text(change.Item!)}")];
    }

    private static string Text(Service item) => $"{item.Metadata.Name} {item.Metadata.Uid} {item.Metadata.ResourceVersion}";

    private static Service Item(string name, string uid, string version) =>
        new() { Metadata = new() { Namespace = "ns", Name = name, Uid = uid, ResourceVersion = version } };
}
