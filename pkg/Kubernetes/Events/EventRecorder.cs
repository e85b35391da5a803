// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Threading.Channels;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Runtime;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Kubernetes.Events;

/// <summary>
/// Writes Events about objects. Recording never waits and never fails: equal events are counted on one Event, what exceeds
/// the bounds is dropped and counted.
/// </summary>
public sealed class EventRecorder
{
    private const int MaxMessageChars = 1024;
    private const int MaxAttempts = 5;

    private readonly ApiClient _client;
    private readonly EventRecorderOptions _options;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _logger;
    private readonly EventAggregator _aggregator;
    private readonly Channel<EventEntry> _waiting;
    private readonly Lock _gate = new();
    private long _dropped;
    private long _written;

    public EventRecorder(ApiClient client, EventRecorderOptions options, TimeProvider time, Random random, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _client = client;
        _options = options;
        _time = time;
        _random = random;
        _logger = logger;
        _aggregator = new(options.Window, options.Remembered);
        _waiting = Channel.CreateBounded<EventEntry>(new BoundedChannelOptions(options.Waiting) { SingleReader = true });
    }

    /// <summary>Events never written because there were too many or the server refused them.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Writes the server has taken.</summary>
    public long Written => Interlocked.Read(ref _written);

    /// <summary>Callable from any thread.</summary>
    public void Record(IKubeObject about, EventType type, string reason, string message)
    {
        ArgumentNullException.ThrowIfNull(about);
        ArgumentNullException.ThrowIfNull(message);
        if (message.Length > MaxMessageChars) message = message[..MaxMessageChars];
        var metadata = about.Metadata;
        var key = new EventKey(about.Kind, metadata.Namespace ?? "", metadata.Name ?? "", metadata.Uid ?? "", type, reason, message);
        lock (_gate)
        {
            var entry = _aggregator.Observe(key, () => Reference(about), _time.GetUtcNow(), _time.MonoNow());
            // One that waits already carries the new count when its turn comes.
            if (entry.Waiting) return;
            if (_waiting.Writer.TryWrite(entry)) entry.Waiting = true;
            else Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Writes what is recorded until cancelled, which ends it without an exception. What still waits then is dropped.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var bucket = new TokenBucket(_options.Rate, _options.Burst, _time.MonoNow());
        try
        {
            while (true)
            {
                var entry = await _waiting.Reader.ReadAsync(cancellation);
                var wait = bucket.Take(_time.MonoNow());
                if (wait > TimeSpan.Zero) await Task.Delay(wait, _time, cancellation);
                await WriteAsync(entry, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            while (_waiting.Reader.TryRead(out _)) Interlocked.Increment(ref _dropped);
        }
    }

    private async Task WriteAsync(EventEntry entry, CancellationToken cancellation)
    {
        var retry = new RetryDelay(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10));
        for (var attempt = 1; ; attempt++)
        {
            int count;
            DateTimeOffset last;
            lock (_gate)
            {
                entry.Waiting = false;
                (count, last) = (entry.Count, entry.Last);
            }
            try
            {
                if (entry.Written == 0) await CreateAsync(entry, count, last, cancellation);
                else if (entry.Written < count) await CountAsync(entry, count, last, cancellation);
                entry.Written = count;
                Interlocked.Increment(ref _written);
                return;
            }
            catch (ApiException fault) when (fault.IsNotFound && entry.Written > 0)
            {
                // Events live for an hour; the next occurrence is a new one.
                entry.Written = 0;
            }
            catch (ApiException fault) when (fault.IsTransient && attempt < MaxAttempts)
            {
                if (attempt == 1) Log.EventsFailed(_logger, fault.Message);
                await Task.Delay(retry.Next(_random), _time, cancellation);
            }
            catch (ApiException fault)
            {
                Log.EventDropped(_logger, entry.Key.Kind, entry.Key.Name, fault.Message);
                Interlocked.Increment(ref _dropped);
                return;
            }
        }
    }

    private async Task CreateAsync(EventEntry entry, int count, DateTimeOffset last, CancellationToken cancellation)
    {
        entry.ObjectName = $"{entry.Key.Name}.{_random.NextInt64():x16}";
        var created = new Event
        {
            Metadata = new() { Name = entry.ObjectName, Namespace = NamespaceOf(entry) },
            InvolvedObject = entry.About,
            Reason = entry.Key.Reason,
            Message = entry.Key.Message,
            Type = entry.Key.Type == EventType.Normal ? "Normal" : "Warning",
            Source = new() { Component = _options.Component, Host = _options.Instance },
            FirstTimestamp = entry.First,
            LastTimestamp = last,
            Count = count,
            ReportingComponent = _options.Component,
            ReportingInstance = _options.Instance,
        };
        await _client.CreateAsync(Kinds.Event, created, cancellation);
    }

    private async Task CountAsync(EventEntry entry, int count, DateTimeOffset last, CancellationToken cancellation) =>
        await _client.PatchAsync(
            Kinds.Event,
            NamespaceOf(entry),
            entry.ObjectName!,
            PatchType.Merge,
            (count, last),
            static (writer, state) => WriteCount(writer, state.count, state.last),
            default,
            cancellation);

    private static void WriteCount(Utf8JsonWriter writer, int count, DateTimeOffset last)
    {
        writer.WriteStartObject();
        writer.WriteNumber("count"u8, count);
        writer.WriteString("lastTimestamp"u8, TimeConverter.Text(last));
        writer.WriteEndObject();
    }

    // Objects of the whole cluster have their Events in "default", where kubectl describe looks for them.
    private static string NamespaceOf(EventEntry entry) => entry.Key.Namespace.Length > 0 ? entry.Key.Namespace : "default";

    private static ObjectReference Reference(IKubeObject about) => new()
    {
        ApiVersion = about.ApiVersion,
        Kind = about.Kind,
        Namespace = about.Metadata.Namespace,
        Name = about.Metadata.Name,
        Uid = about.Metadata.Uid,
    };
}
