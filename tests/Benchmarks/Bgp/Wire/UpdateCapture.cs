// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using LoadBalancer.Benchmarks.Reporting;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Benchmarks.Bgp.Wire;

/// <summary>
/// When UPDATEs were on the wire, by the kernel's time stamps where they arrive: what the reader of a session needs to be woken
/// is no part of it.
/// </summary>
internal sealed class UpdateCapture
{
    private const int Ethernet = 14;
    private const int KeepaliveOctets = 19;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly FrameCapture _capture;

    private UpdateCapture(FrameCapture capture) => _capture = capture;

    /// <summary>Takes what comes to a TCP port of a host of the lab over IPv4.</summary>
    internal static async Task<UpdateCapture> StartAsync(LabNetwork network, LabHost host, int port, CancellationToken cancellation) =>
        new(await FrameCapture.StartAsync(
            network, host.Namespace, string.Create(CultureInfo.InvariantCulture, $"updates-{port}"), string.Create(CultureInfo.InvariantCulture, $"tcp dst port {port}"), cancellation));

    /// <summary>
    /// Ends the capture, and returns for each change the milliseconds until each peer's UPDATE for it was on the wire. One change
    /// must have come everywhere before the next was made.
    /// </summary>
    /// <param name="handedOver">Time stamps of the changes, in order.</param>
    /// <param name="peers">Connections each change goes out on.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    internal async Task<Samples> StopAsync(IReadOnlyList<long> handedOver, int peers, CancellationToken cancellation)
    {
        // The kernel hands frames over in blocks: the last ones come a moment later.
        var began = Stopwatch.GetTimestamp();
        var first = SystemTime(handedOver[0]);
        Dictionary<(int Change, int Flow), TimeSpan> seen;
        while ((seen = Match(await _capture.ReadAsync(cancellation), handedOver, first)).Count < handedOver.Count * peers)
        {
            if (Stopwatch.GetElapsedTime(began) > Patience)
                throw new TimeoutException($"{seen.Count} of {handedOver.Count * peers} UPDATEs were seen on the wire.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellation);
        }

        await _capture.StopAsync(cancellation);
        var samples = new Samples();
        foreach (var after in seen.Values)
            samples.Add(after.TotalMilliseconds);
        return samples;
    }

    private static Dictionary<(int Change, int Flow), TimeSpan> Match(IReadOnlyList<CapturedFrame> frames, IReadOnlyList<long> handedOver, TimeSpan first)
    {
        TimeSpan[] changes = [.. handedOver.Select(stamp => first + Stopwatch.GetElapsedTime(handedOver[0], stamp))];
        var seen = new Dictionary<(int Change, int Flow), TimeSpan>();
        foreach (var frame in frames)
        {
            var at = Array.BinarySearch(changes, frame.At);
            var change = at >= 0 ? at : ~at - 1;
            if (change >= 0 && TryFlow(frame.Octets, out var flow))
                seen.TryAdd((change, flow), frame.At - changes[change]);
        }

        return seen;
    }

    // More than a KEEPALIVE is an UPDATE; the source port tells whose.
    private static bool TryFlow(ReadOnlySpan<byte> frame, out int flow)
    {
        var ip = frame[Ethernet..];
        var header = (ip[0] & 15) * 4;
        var tcp = ip[header..];
        flow = BinaryPrimitives.ReadUInt16BigEndian(tcp);
        return BinaryPrimitives.ReadUInt16BigEndian(ip[2..]) - header - ((tcp[12] >> 4) * 4) > KeepaliveOctets;
    }

    private static TimeSpan SystemTime(long stamp) => TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch - Stopwatch.GetElapsedTime(stamp);
}
