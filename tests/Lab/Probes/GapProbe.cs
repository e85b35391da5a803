// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Lab.Probes;

/// <summary>
/// Sends one UDP request a millisecond from a namespace and measures the longest silence between two answers. One flow from
/// one port, as a client keeps it: a connection-tracking entry that sticks to a dead path shows as a gap without end.
/// </summary>
public sealed class GapProbe : IAsyncDisposable
{
    /// <summary>Octets of the sequence number, big-endian, at the start of requests and answers.</summary>
    internal const int SequenceSize = 8;

    private const int FlowsTried = 200;
    private const int ReceiveOctets = 1 << 23;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(200);

    private readonly Socket _socket;
    private readonly Thread _sender;
    private readonly Thread _receiver;
    private readonly GapRecord _record = new();
    private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _received = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stopping;
    private volatile bool _closing;

    private GapProbe(Socket socket)
    {
        _socket = socket;
        _sender = new Thread(Send) { IsBackground = true, Name = "gap probe send", Priority = ThreadPriority.Highest };
        _receiver = new Thread(Receive) { IsBackground = true, Name = "gap probe receive", Priority = ThreadPriority.Highest };
    }

    /// <summary>Starts sending from a namespace.</summary>
    public static GapProbe Start(LabNamespace place, IPEndPoint target)
    {
        var socket = place.CreateSocket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            // Bounded, so that the receiver sees the end although nothing arrives.
            socket.ReceiveTimeout = 20;
            // SO_RCVBUFFORCE: above the machine's limit, so that a thread that waits long for a processor loses no answer.
            socket.SetRawSocketOption(1, 33, BitConverter.GetBytes(ReceiveOctets));
            socket.Connect(target);
            var probe = new GapProbe(socket);
            probe._receiver.Start();
            probe._sender.Start();
            return probe;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Starts sending to a service that a router spreads over nodes, by a flow that a certain node answers. Which one a flow
    /// takes is the router's choice, by its ports: flows are begun until one goes there.
    /// </summary>
    public static async Task<GapProbe> StartByAsync(
        LabNamespace place, IPEndPoint target, string node, TimeSpan patience, CancellationToken cancellation = default)
    {
        for (var i = 0; i < FlowsTried; i++)
        {
            var probe = Start(place, target);
            try
            {
                await probe.WaitForAnswersAsync(1, patience, cancellation);
                if (probe.LastAnswerer == node)
                {
                    // Those before the route was in the kernel do not count.
                    probe.Restart();
                    return probe;
                }
            }
            catch
            {
                await probe.DisposeAsync();
                throw;
            }

            await probe.DisposeAsync();
        }

        throw new TimeoutException($"none of {FlowsTried} flows to {target} goes by {node}");
    }

    /// <summary>Waits until the service has answered this often in all.</summary>
    public async Task WaitForAnswersAsync(int count, TimeSpan deadline, CancellationToken cancellation = default)
    {
        var until = Stopwatch.GetTimestamp() + (long)(deadline.TotalSeconds * Stopwatch.Frequency);
        while (_record.Received < count)
        {
            if (Stopwatch.GetTimestamp() > until)
                throw new TimeoutException($"The service answered {_record.Received} of {count} times within {deadline}: {Report()}");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, cancellation);
        }
    }

    /// <summary>Waits until another node than the named one answers; returns its name.</summary>
    public async Task<string> WaitForOtherAsync(string node, TimeSpan deadline, CancellationToken cancellation = default)
    {
        var until = Stopwatch.GetTimestamp() + (long)(deadline.TotalSeconds * Stopwatch.Frequency);
        while (true)
        {
            var last = _record.LastAnswerer;
            if (last.Length > 0 && last != node)
                return last;
            if (Stopwatch.GetTimestamp() > until)
                throw new TimeoutException($"No node but {node} answered within {deadline}: {Report()}");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, cancellation);
        }
    }

    /// <summary>Node that answered last, empty before the first answer.</summary>
    public string LastAnswerer => _record.LastAnswerer;

    /// <summary>The figures so far.</summary>
    public GapReport Report() => _record.Report();

    /// <summary>Forgets what was measured so far: the report then covers what comes from now on.</summary>
    public void Restart() => _record.Restart();

    /// <summary>Stops sending, waits for what is on the way and returns the figures.</summary>
    public Task<GapReport> StopAsync(CancellationToken cancellation = default) => StopAsync(Grace, cancellation);

    /// <summary>The same, with another limit for what is on the way.</summary>
    public async Task<GapReport> StopAsync(TimeSpan grace, CancellationToken cancellation)
    {
        _stopping = true;
        await _sent.Task.WaitAsync(cancellation);
        var report = _record.Report();
        var until = Stopwatch.GetTimestamp() + (long)(grace.TotalSeconds * Stopwatch.Frequency);
        while (_record.Outstanding > 0 && Stopwatch.GetTimestamp() < until)
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, cancellation);
        _closing = true;
        await _received.Task.WaitAsync(cancellation);
        // Silence counts only while requests went out; answers count until the last one is home.
        var final = _record.Report();
        return report with { Received = final.Received, Answerers = final.Answerers };
    }

    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        _closing = true;
        await Task.WhenAll(_sent.Task, _received.Task);
        _socket.Dispose();
    }

    private void Send()
    {
        _record.RealTime = Pacer.TryRealTime();
        var pacer = new Pacer(Interval);
        Span<byte> request = stackalloc byte[SequenceSize];
        for (ulong sequence = 0; !_stopping; sequence++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(request, sequence);
            _record.Sending(Stopwatch.GetTimestamp());
            try
            {
                _socket.Send(request);
            }
            catch (SocketException)
            {
                // No route or neighbour just now, or an ICMP error of an earlier request: a lost request either way.
            }

            pacer.WaitForNext();
        }

        _sent.TrySetResult();
    }

    private void Receive()
    {
        _ = Pacer.TryRealTime();
        Span<byte> answer = stackalloc byte[256];
        while (!_closing)
        {
            try
            {
                var length = _socket.Receive(answer);
                var now = Stopwatch.GetTimestamp();
                if (length > SequenceSize)
                    _record.Answered(now, BinaryPrimitives.ReadUInt64BigEndian(answer), Encoding.ASCII.GetString(answer[SequenceSize..length]));
            }
            catch (SocketException)
            {
                // The time-out, or an ICMP error: both are silence.
            }
        }

        _received.TrySetResult();
    }
}
