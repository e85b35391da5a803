// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace LoadBalancer.Runtime.Metrics;

/// <summary>All series of one instrument.</summary>
internal sealed class MetricFamily
{
    // The default of the Prometheus client libraries, in seconds.
    private static readonly double[] DefaultBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly Instrument _instrument;
    private readonly MetricKind _kind;
    private readonly double[] _bounds;
    private readonly int _seriesLimit;

    public MetricFamily(Instrument instrument, int seriesLimit)
    {
        _instrument = instrument;
        _seriesLimit = seriesLimit;
        string type = instrument.GetType().Name;
        _kind = type.StartsWith("Histogram", StringComparison.Ordinal) ? MetricKind.Histogram
            : type.Contains("Observable", StringComparison.Ordinal) && type.Contains("Counter", StringComparison.Ordinal) ? MetricKind.ObservedCounter
            : type.StartsWith("ObservableGauge", StringComparison.Ordinal) ? MetricKind.ObservedGauge
            : type.Contains("Gauge", StringComparison.Ordinal) ? MetricKind.Gauge
            : type.StartsWith("UpDownCounter", StringComparison.Ordinal) ? MetricKind.UpDownCounter
            : MetricKind.Counter;
        _bounds = (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries?.ToArray() ?? DefaultBounds;
    }

    public string Name => _instrument.Name;

    private bool IsObserved => _kind is MetricKind.ObservedCounter or MetricKind.ObservedGauge;

    // What an observable instrument no longer reports is gone: a deleted pool leaves no series behind.
    public void BeginScrape()
    {
        if (IsObserved)
        {
            _series.Clear();
        }
    }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string labels = Labels(tags);
        if (!_series.TryGetValue(labels, out Series? series))
        {
            if (_series.Count >= _seriesLimit)
            {
                return;
            }

            series = _series.GetOrAdd(labels, static (_, bounds) => new Series(bounds), _bounds);
        }

        lock (series)
        {
            switch (_kind)
            {
                case MetricKind.Counter:
                case MetricKind.UpDownCounter:
                    series.Value += value;
                    break;
                case MetricKind.Gauge:
                case MetricKind.ObservedGauge:
                case MetricKind.ObservedCounter:
                    series.Value = value;
                    break;
                case MetricKind.Histogram:
                    series.Observe(value);
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
    }

    public void Write(TextWriter text)
    {
        if (_series.IsEmpty)
        {
            return;
        }

        text.Write($"# HELP {Name} {_instrument.Description?.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\n");
        text.Write($"# TYPE {Name} {TypeName}\n");
        foreach ((string labels, Series series) in _series.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            lock (series)
            {
                if (_kind == MetricKind.Histogram)
                {
                    series.WriteHistogram(text, Name, labels);
                }
                else
                {
                    text.Write(string.Create(CultureInfo.InvariantCulture, $"{Name}{Braces(labels)} {series.Value}\n"));
                }
            }
        }
    }

    private string TypeName => _kind switch
    {
        MetricKind.Counter or MetricKind.ObservedCounter => "counter",
        MetricKind.Gauge or MetricKind.UpDownCounter or MetricKind.ObservedGauge => "gauge",
        MetricKind.Histogram => "histogram",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    internal static string Braces(string labels) => labels.Length == 0 ? "" : $"{{{labels}}}";

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        StringBuilder text = new();
        foreach ((string key, object? value) in tags)
        {
            string escaped = (Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")
                .Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\"", "\\\"", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal);
            text.Append(text.Length > 0 ? "," : "").Append(key).Append("=\"").Append(escaped).Append('"');
        }

        return text.ToString();
    }

    private enum MetricKind
    {
        Counter,
        UpDownCounter,
        Gauge,
        Histogram,
        ObservedCounter,
        ObservedGauge,
    }
}
