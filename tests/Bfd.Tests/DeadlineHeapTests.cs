// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using LoadBalancer.Primitives;

namespace LoadBalancer.Bfd.Tests;

public sealed class DeadlineHeapTests
{
    /// <summary>Each number is a step: which key (its lowest digit), and set, remove or take; a sorted list is the oracle.</summary>
    [Fact]
    public void Heap_AnySteps_AgreesWithASortedList() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), steps =>
        {
            DeadlineHeap<int> heap = new();
            Dictionary<int, MonoTime> oracle = [];
            foreach (int step in steps)
            {
                int key = Math.Abs(step % 10);
                MonoTime time = new(Math.Abs((long)step) / 10 % 7);
                switch (Math.Abs((long)step) / 70 % 3)
                {
                    case 0:
                        heap.Remove(key);
                        _ = oracle.Remove(key);
                        break;
                    case 1 when heap.TryTakeDue(time, out int taken):
                        if (oracle[taken] > time || oracle[taken] != oracle.Values.Min() || !oracle.Remove(taken))
                        {
                            return false;
                        }

                        break;
                    default:
                        heap.Set(key, time);
                        oracle[key] = time;
                        break;
                }

                if (heap.Count != oracle.Count || heap.Next != (oracle.Count == 0 ? MonoTime.Never : oracle.Values.Min()))
                {
                    return false;
                }
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(200));

    [Fact]
    public void Heap_DeadlineMoved_LeavesNoOldOneBehind()
    {
        DeadlineHeap<string> heap = new();
        heap.Set("a", new(30));
        heap.Set("b", new(20));
        heap.Set("a", new(10));
        Assert.Equal((2, new MonoTime(10)), (heap.Count, heap.Next));
        heap.Set("a", new(40));
        Assert.False(heap.TryTakeDue(new(19), out _));
        Assert.True(heap.TryTakeDue(new(40), out string first) && heap.TryTakeDue(new(40), out string second));
        Assert.Equal(("b", MonoTime.Never), (first, heap.Next));
    }
}
