// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.Vipd.Plane;

namespace LoadBalancer.Vipd.Tests.Plane;

public sealed class DeadlineHeapTests
{
    [Fact]
    public void Heap_ManyChanges_GivesTheEarliestAlways()
    {
        Random random = new(7);
        DeadlineHeap heap = new();
        Item[] items = [.. Enumerable.Range(0, 300).Select(static _ => new Item())];
        Dictionary<Item, long> model = [];
        for (int step = 0; step < 20_000; step++)
        {
            Item item = items[random.Next(items.Length)];
            if (random.Next(4) == 0)
            {
                heap.Set(item, MonoTime.Never);
                model.Remove(item);
            }
            else
            {
                long due = random.Next(1000);
                heap.Set(item, new MonoTime(due));
                model[item] = due;
            }

            Assert.Equal(model.Count, heap.Count);
            Assert.Equal(model.Count == 0 ? MonoTime.Never : new MonoTime(model.Values.Min()), heap.Next);
        }

        long last = -1;
        while (heap.TryTake(new MonoTime(1000), out Timed? taken))
        {
            Assert.True(model.Remove((Item)taken, out long due));
            Assert.True(due >= last);
            last = due;
        }

        Assert.Empty(model);
    }

    [Fact]
    public void TryTake_BeforeTheDeadline_GivesNothing()
    {
        DeadlineHeap heap = new();
        heap.Set(new Item(), new MonoTime(10));
        Assert.False(heap.TryTake(new MonoTime(9), out _));
        Assert.True(heap.TryTake(new MonoTime(10), out _));
    }

    private sealed class Item : Timed
    {
        public override void Fire(MonoTime now)
        {
        }
    }
}
