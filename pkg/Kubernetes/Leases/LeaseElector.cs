// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;
using LoadBalancer.Runtime;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Kubernetes.Leases;

/// <summary>
/// Takes part in an election over one Lease. <see cref="IsLeader"/> compares with the clock at each call, so a process that
/// was paused past its lease knows at once that it leads no longer.
/// </summary>
public sealed class LeaseElector
{
    private readonly ApiClient _client;
    private readonly string _namespace;
    private readonly string _name;
    private readonly LeaseOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<LeaseChange> _changed;
    private readonly ILogger _logger;
    private readonly LeaseMachine _machine;
    private readonly TimeSpan _requestTimeout;
    private long _leadsUntil = long.MinValue;
    private bool _answered;
    private volatile string? _fault;

    /// <summary>The identity gets a random suffix: it must never be that of an earlier process. Changed is called on the elector's loop and must not block.</summary>
    public LeaseElector(
        ApiClient client,
        string @namespace,
        string name,
        string identity,
        LeaseOptions options,
        Action<LeaseChange> changed,
        TimeProvider time,
        Random random,
        ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        _client = client;
        _namespace = @namespace;
        _name = name;
        _options = options;
        _changed = changed;
        _time = time;
        _logger = logger;
        Identity = $"{identity}_{random.NextInt64():x16}";
        _machine = new(Identity, options, random);
        // A hanging request must leave time for another before leadership ends.
        _requestTimeout = options.Renew / 3;
    }

    public string Identity { get; }

    /// <summary>Callable from any thread, as close before a write as possible.</summary>
    public bool IsLeader => _time.MonoNow() < new MonoTime(Volatile.Read(ref _leadsUntil));

    /// <summary>Why the Lease could not be read or written last; null when the server answered. Callable from any thread.</summary>
    public string? Fault => _fault;

    /// <summary>Runs until cancelled; then gives the Lease back, which takes at most a few requests, and ends without an exception.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellation.Register(static state => ((TaskCompletionSource)state!).TrySetResult(), stop);
        var stopping = false;
        Task<LeaseInput>? answer = null;
        var input = new LeaseInput(LeaseInputKind.Tick);
        while (true)
        {
            var step = _machine.Step(input, _time.MonoNow());
            Publish(step.Change);
            if (step.Done) return;
            if (step.Request != LeaseRequest.None) answer = PerformAsync(step);
            input = await NextInputAsync(step.WakeAt, answer, stopping ? null : stop.Task);
            if (input.Kind == LeaseInputKind.Stop) stopping = true;
            else if (input.Kind != LeaseInputKind.Tick) answer = null;
        }
    }

    private async Task<LeaseInput> NextInputAsync(MonoTime wakeAt, Task<LeaseInput>? answer, Task? stop)
    {
        using var done = new CancellationTokenSource();
        var waits = new List<Task>(3);
        if (answer is not null) waits.Add(answer);
        if (stop is not null) waits.Add(stop);
        if (wakeAt != MonoTime.Never)
        {
            var wait = wakeAt - _time.MonoNow();
            // A delay counts whole milliseconds: rounding up keeps it from ending just before its time, again and again.
            waits.Add(Task.Delay(wait > TimeSpan.Zero ? wait + TimeSpan.FromMilliseconds(1) : TimeSpan.Zero, _time, done.Token));
        }
        var first = await Task.WhenAny(waits);
        await done.CancelAsync();
        if (first == answer) return await answer!;
        return new(first == stop ? LeaseInputKind.Stop : LeaseInputKind.Tick);
    }

    private async Task<LeaseInput> PerformAsync(LeaseStep step)
    {
        // The first request pays for connecting, TLS and a cold process: given up early it would only be paid for again. Nothing is
        // led yet that its time could run out, and leadership counts from before a request was sent in any case.
        var timeout = _answered ? _requestTimeout : _options.Renew;
        using var deadline = new CancellationTokenSource(timeout, _time);
        try
        {
            var input = step.Request switch
            {
                LeaseRequest.Read => await ReadAsync(deadline.Token),
                LeaseRequest.Create => await CreateAsync(deadline.Token),
                LeaseRequest.Acquire or LeaseRequest.Renew or LeaseRequest.Release => await WriteAsync(step, deadline.Token),
                LeaseRequest.None => throw new UnreachableException(),
                _ => throw new UnreachableException(),
            };
            _fault = null;
            _answered = true;
            return input;
        }
        catch (ApiException fault) when (fault.IsConflict || (fault.IsNotFound && step.Request is not (LeaseRequest.Read or LeaseRequest.Create)))
        {
            _fault = null;
            return new(LeaseInputKind.Refused);
        }
        catch (ApiException fault)
        {
            Failed(fault.Message);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            Failed($"the API server did not answer within {timeout.TotalSeconds:0.#} s.");
        }
        return new(LeaseInputKind.Failed);
    }

    private async Task<LeaseInput> ReadAsync(CancellationToken cancellation)
    {
        var lease = await _client.FindAsync(Kinds.Lease, _namespace, _name, cancellation);
        return new(LeaseInputKind.Observed, lease is null ? null : LeaseRecord.Of(lease));
    }

    private async Task<LeaseInput> CreateAsync(CancellationToken cancellation)
    {
        var now = _time.GetUtcNow();
        var lease = new Lease
        {
            Metadata = new() { Name = _name, Namespace = _namespace },
            Spec = new()
            {
                HolderIdentity = Identity,
                LeaseDurationSeconds = (int)_options.Lease.TotalSeconds,
                AcquireTime = now,
                RenewTime = now,
                LeaseTransitions = 0,
            },
        };
        return new(LeaseInputKind.Written, LeaseRecord.Of(await _client.CreateAsync(Kinds.Lease, lease, cancellation)));
    }

    private async Task<LeaseInput> WriteAsync(LeaseStep step, CancellationToken cancellation)
    {
        var write = new LeaseWrite(step, Identity, (int)_options.Lease.TotalSeconds, _time.GetUtcNow());
        var written = await _client.PatchAsync(
            Kinds.Lease, _namespace, _name, PatchType.Merge, write, static (writer, write) => write.To(writer), default, cancellation);
        return new(LeaseInputKind.Written, LeaseRecord.Of(written));
    }

    private void Publish(LeaseChange change)
    {
        Volatile.Write(ref _leadsUntil, _machine.IsLeader(_time.MonoNow()) ? _machine.LeadsUntil.Nanoseconds : long.MinValue);
        if (change == LeaseChange.None) return;
        if (change == LeaseChange.BecameLeader) Log.Leading(_logger, Identity, _name);
        else Log.NotLeading(_logger, Identity, _name, change);
        _changed(change);
    }

    private void Failed(string fault)
    {
        if (_fault != fault) Log.LeaseFailed(_logger, _name, fault);
        _fault = fault;
    }

    private readonly record struct LeaseWrite(LeaseStep Step, string Identity, int Seconds, DateTimeOffset Now)
    {
        internal void To(Utf8JsonWriter writer)
        {
            var release = Step.Request == LeaseRequest.Release;
            writer.WriteStartObject();
            writer.WriteStartObject("metadata"u8);
            writer.WriteString("resourceVersion"u8, Step.Version);
            writer.WriteEndObject();
            writer.WriteStartObject("spec"u8);
            if (release) writer.WriteNull("holderIdentity"u8);
            else writer.WriteString("holderIdentity"u8, Identity);
            writer.WriteNumber("leaseDurationSeconds"u8, release ? 1 : Seconds);
            writer.WriteString("renewTime"u8, MicroTimeConverter.Text(Now));
            if (Step.Request == LeaseRequest.Acquire)
            {
                writer.WriteString("acquireTime"u8, MicroTimeConverter.Text(Now));
                writer.WriteNumber("leaseTransitions"u8, Step.Transitions);
            }
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
    }
}
