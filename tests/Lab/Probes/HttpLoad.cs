// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Lab.Probes;

/// <summary>What an HTTP load saw.</summary>
/// <param name="Requests">Requests made.</param>
/// <param name="Failed">Requests without a 200 answer, also when repeated.</param>
/// <param name="Repeated">Requests whose connection was cut off, and that were repeated once on a fresh one.</param>
/// <param name="Slowest">Longest time to an answer, connection included.</param>
/// <param name="Answerers">Answers per node.</param>
/// <param name="Failures">The first failures, in words.</param>
public sealed record HttpLoadReport(
    int Requests, int Failed, int Repeated, TimeSpan Slowest, IReadOnlyDictionary<string, int> Answerers, IReadOnlyList<string> Failures)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Requests} requests, {Failed} failed, {Repeated} repeated on a fresh connection, slowest {Slowest.TotalMilliseconds:f1} ms, "
        + $"answered by {string.Join(", ", Answerers.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Key} ({a.Value})"))}");
}

/// <summary>Makes HTTP requests in a loop from a namespace, each over a connection of its own.</summary>
public sealed class HttpLoad : IAsyncDisposable
{
    private const int FailuresKept = 10;

    private readonly NamespaceHttp _http;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _answerers = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly Task _running;
    private readonly Lock _gate = new();
    private int _requests;
    private int _failed;
    private int _repeated;
    private long _slowest;

    private HttpLoad(LabNamespace place, IPEndPoint target, string host, int parallel, TimeSpan pause)
    {
        _http = new NamespaceHttp(place);
        _running = Task.WhenAll(Enumerable.Range(0, parallel).Select(_ => LoopAsync(target, host, pause)));
    }

    /// <summary>Starts the load: this many requests at a time, a pause after each.</summary>
    public static HttpLoad Start(LabNamespace place, IPEndPoint target, string host, int parallel = 1, TimeSpan pause = default) =>
        new(place, target, host, parallel, pause == default ? TimeSpan.FromMilliseconds(2) : pause);

    public HttpLoadReport Report()
    {
        lock (_gate)
        {
            return new HttpLoadReport(
                _requests, _failed, _repeated, Stopwatch.GetElapsedTime(0, _slowest), new Dictionary<string, int>(_answerers), [.. _failures]);
        }
    }

    /// <summary>Waits until this many requests were made.</summary>
    public async Task WaitForRequestsAsync(int count, TimeSpan deadline, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        while (Report() is var now && now.Requests < count)
        {
            if (Stopwatch.GetElapsedTime(began) > deadline)
                throw new TimeoutException($"not within {deadline.TotalSeconds} s: {count} requests; so far {now}");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, cancellation);
        }
    }

    /// <summary>Ends the load after the requests under way and returns the figures.</summary>
    public async Task<HttpLoadReport> StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        return Report();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task LoopAsync(IPEndPoint target, string host, TimeSpan pause)
    {
        while (!_stop.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            var answer = await _http.GetAsync(target, host, "/", CancellationToken.None);
            // A connection ends with the node that held it: no layer-2 takeover carries it over. A client repeats a GET
            // that was cut off on a fresh connection (RFC 9110 9.2.2); what fails then as well is lost.
            var repeated = answer.Status == 0;
            if (repeated) answer = await _http.GetAsync(target, host, "/", CancellationToken.None);
            Note(answer, repeated, Stopwatch.GetTimestamp() - began);
            await Task.Delay(pause, TimeProvider.System, CancellationToken.None);
        }
    }

    private void Note(HttpAnswer answer, bool repeated, long took)
    {
        lock (_gate)
        {
            _requests++;
            _repeated += repeated ? 1 : 0;
            _slowest = Math.Max(_slowest, took);
            if (answer.Status == 200)
            {
                _answerers.AddOrUpdate(answer.Node, 1, (_, n) => n + 1);
                return;
            }

            _failed++;
            if (_failures.Count < FailuresKept)
                _failures.Enqueue($"{answer.Status} {answer.Failure}");
        }
    }
}
