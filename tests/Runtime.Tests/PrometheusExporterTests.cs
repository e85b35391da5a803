// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using LoadBalancer.Runtime.Metrics;

namespace LoadBalancer.Runtime.Tests;

public sealed class PrometheusExporterTests
{
    [Fact]
    public void Scrape_CounterGaugeHistogram_AreWrittenAsPrometheusReadsThem()
    {
        using Meter meter = new("lbtest.kinds");
        using PrometheusExporter exporter = new("lbtest.kinds");
        Counter<long> counter = meter.CreateCounter<long>("test_requests_total", description: "Requests.");
        counter.Add(2, new KeyValuePair<string, object?>("reason", "a\"b"));
        counter.Add(3, new KeyValuePair<string, object?>("reason", "a\"b"));
        meter.CreateObservableGauge("test_level", () => 7.5, description: "Level.");
        Histogram<double> histogram = meter.CreateHistogram("test_seconds", null, "Time.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        histogram.Record(0.1);
        histogram.Record(0.5);
        histogram.Record(3);
        string expected = """
            # HELP test_level Level.
            # TYPE test_level gauge
            test_level 7.5
            # HELP test_requests_total Requests.
            # TYPE test_requests_total counter
            test_requests_total{reason="a\"b"} 5
            # HELP test_seconds Time.
            # TYPE test_seconds histogram
            test_seconds_bucket{le="0.1"} 1
            test_seconds_bucket{le="1"} 2
            test_seconds_bucket{le="+Inf"} 3
            test_seconds_sum 3.6
            test_seconds_count 3

            """;
        Assert.Equal(expected, exporter.Scrape());
    }

    [Fact]
    public void Scrape_ObservedSeriesNoLongerReported_IsGone()
    {
        using Meter meter = new("lbtest.gone");
        using PrometheusExporter exporter = new("lbtest.gone");
        List<Measurement<long>> pools = [new(1, new KeyValuePair<string, object?>("pool", "a")), new(2, new KeyValuePair<string, object?>("pool", "b"))];
        meter.CreateObservableGauge("test_pool", () => pools);
        Assert.Contains("test_pool{pool=\"b\"} 2", exporter.Scrape(), StringComparison.Ordinal);
        pools.RemoveAt(1);
        string after = exporter.Scrape();
        Assert.Contains("pool=\"a\"", after, StringComparison.Ordinal);
        Assert.DoesNotContain("pool=\"b\"", after, StringComparison.Ordinal);
    }

    [Fact]
    public void Scrape_OtherMeters_AreLeftOut()
    {
        using Meter meter = new("someone.else");
        using PrometheusExporter exporter = new("lbtest.mine");
        meter.CreateCounter<long>("foreign_total").Add(1);
        Assert.Equal("", exporter.Scrape());
    }
}
