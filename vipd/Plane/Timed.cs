// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Vipd.Plane;

/// <summary>Something with one deadline in a <see cref="DeadlineHeap"/>.</summary>
internal abstract class Timed
{
    /// <summary>When it wants to be told; kept by the heap.</summary>
    public MonoTime Due { get; internal set; } = MonoTime.Never;

    /// <summary>Its place in the heap; -1 when it is not in it.</summary>
    internal int Place { get; set; } = -1;

    /// <summary>The deadline has come; it is in the heap no more.</summary>
    public abstract void Fire(MonoTime now);
}
