// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Kubernetes.Informers;

/// <summary>How long to wait after the n-th failure in a row: doubling up to a limit, and spread so that many do not return together.</summary>
public struct RetryDelay(TimeSpan first, TimeSpan longest)
{
    private int _failures;

    /// <summary>Half of the delay is certain, half is random.</summary>
    public TimeSpan Next(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var doubled = first * Math.Pow(2, Math.Min(_failures, 30));
        var delay = doubled < longest ? doubled : longest;
        if (_failures < int.MaxValue) _failures++;
        return delay * (0.5 + (0.5 * random.NextDouble()));
    }

    public void Reset() => _failures = 0;
}
