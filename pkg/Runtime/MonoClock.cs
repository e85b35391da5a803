// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Runtime;

/// <summary>Reads a <see cref="TimeProvider"/>'s monotonic clock as the typed instant that pure code takes.</summary>
public static class MonoClock
{
    /// <summary>The present instant on the provider's monotonic clock.</summary>
    public static MonoTime MonoNow(this TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return MonoTime.FromTimestamp(time.GetTimestamp(), time.TimestampFrequency);
    }
}
