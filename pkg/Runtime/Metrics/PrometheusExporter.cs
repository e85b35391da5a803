// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace LoadBalancer.Runtime.Metrics;

/// <summary>
/// Collects what the process's meters measure and writes it in the Prometheus text format (version 0.0.4). An
/// instrument's name is its metric's name, so what the code says is what a dashboard asks for.
/// </summary>
public sealed class PrometheusExporter : IDisposable
{
    // Far beyond what closed label sets give; a defect in labels must not grow memory without bound.
    private const int SeriesLimit = 20_000;

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, MetricFamily> _families = new();
    private readonly Lock _scrape = new();

    /// <summary>Listens to every meter whose name begins with <paramref name="meterPrefix"/>.</summary>
    public PrometheusExporter(string meterPrefix)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith(meterPrefix, StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(instrument, static i => new MetricFamily(i, SeriesLimit)));
            }
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.Start();
    }

    /// <summary>The exposition of this moment.</summary>
    public string Scrape()
    {
        lock (_scrape)
        {
            foreach (MetricFamily family in _families.Values)
            {
                family.BeginScrape();
            }

            _listener.RecordObservableInstruments();
            using StringWriter text = new();
            foreach (MetricFamily family in _families.Values.OrderBy(f => f.Name, StringComparer.Ordinal))
            {
                family.Write(text);
            }

            return text.ToString();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();
}
