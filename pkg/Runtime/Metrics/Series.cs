// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace LoadBalancer.Runtime.Metrics;

/// <summary>One label set's value, or its histogram.</summary>
internal sealed class Series(double[] bounds)
{
    private long[]? _buckets;
    private double _sum;

    public double Value { get; set; }

    public void Observe(double value)
    {
        _buckets ??= new long[bounds.Length + 1];
        int bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket])
        {
            bucket++;
        }

        _buckets[bucket]++;
        _sum += value;
    }

    public void WriteHistogram(TextWriter text, string name, string labels)
    {
        string separator = labels.Length > 0 ? "," : "";
        long total = 0;
        for (int i = 0; i <= bounds.Length; i++)
        {
            total += _buckets?[i] ?? 0;
            string bound = i < bounds.Length ? bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
            text.Write(string.Create(CultureInfo.InvariantCulture, $"{name}_bucket{{{labels}{separator}le=\"{bound}\"}} {total}\n"));
        }

        text.Write(string.Create(CultureInfo.InvariantCulture, $"{name}_sum{MetricFamily.Braces(labels)} {_sum}\n"));
        text.Write(string.Create(CultureInfo.InvariantCulture, $"{name}_count{MetricFamily.Braces(labels)} {total}\n"));
    }
}
