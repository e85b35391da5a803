// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Kubernetes.Events;

/// <summary>So many at once, so many a second in the long run.</summary>
internal struct TokenBucket(double rate, double burst, MonoTime now)
{
    private readonly double _burst = burst;
    private double _tokens = burst;
    private MonoTime _at = now;

    /// <summary>Takes one, and says how long to wait before using it.</summary>
    internal TimeSpan Take(MonoTime now)
    {
        _tokens = Math.Min(_burst, _tokens + ((now - _at).TotalSeconds * rate)) - 1;
        _at = now;
        return _tokens >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-_tokens / rate);
    }
}
