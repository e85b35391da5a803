// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Benchmarks.Reporting;

/// <summary>Repeated measurements of one thing.</summary>
public sealed class Samples
{
    private readonly List<double> _values = [];

    public int Count => _values.Count;

    public IReadOnlyList<double> Values => _values;

    public double Median => Quantile(0.5);

    public double Worst => Quantile(1);

    public void Add(double value) => _values.Add(value);

    /// <summary>The value at this share of the sorted samples (nearest rank).</summary>
    public double Quantile(double share)
    {
        if (_values.Count == 0)
            throw new InvalidOperationException("Nothing was measured.");
        var sorted = _values.Order().ToArray();
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }
}
