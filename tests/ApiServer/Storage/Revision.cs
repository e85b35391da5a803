// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.ApiServer.Storage;

/// <summary>The one counter every write in the server advances: resourceVersion.</summary>
public sealed class Revision(long start)
{
    private long _value = start;

    public long Current => Interlocked.Read(ref _value);

    public long Next() => Interlocked.Increment(ref _value);

    public void AtLeast(long value)
    {
        long seen;
        while ((seen = Current) < value)
            Interlocked.CompareExchange(ref _value, value, seen);
    }
}
