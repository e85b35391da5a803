// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using LoadBalancer.Benchmarks.Reporting;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Benchmarks.Vip;

/// <summary>A frame seen on the segment.</summary>
/// <param name="At">Time the kernel took it, since the capture's epoch.</param>
/// <param name="IsAdvert">A VRRP advertisement; else a gratuitous ARP.</param>
/// <param name="Source">Who advertises, or the address that is announced.</param>
/// <param name="Router">The virtual router's number in an advertisement.</param>
/// <param name="Priority">The priority in an advertisement.</param>
/// <param name="Mac">Where the frame comes from.</param>
internal readonly record struct WireFrame(TimeSpan At, bool IsAdvert, IPAddress Source, int Router, int Priority, string Mac);

/// <summary>Advertisements and gratuitous ARP on the segment, as the client sees them.</summary>
internal sealed class WireCapture
{
    private const int Ethernet = 14;
    private const int Arp = 0x0806;
    private const int Ip = 0x0800;
    private const int Vrrp = 112;

    private readonly FrameCapture _capture;

    private WireCapture(FrameCapture capture) => _capture = capture;

    internal static async Task<WireCapture> StartAsync(LabNetwork network, string name, CancellationToken cancellation) =>
        new(await FrameCapture.StartAsync(network, network.Client.Namespace, name, "ip proto 112 or arp", cancellation));

    /// <summary>What was seen so far.</summary>
    internal async Task<IReadOnlyList<WireFrame>> ReadAsync(CancellationToken cancellation) => Meant(await _capture.ReadAsync(cancellation));

    /// <summary>Ends it and returns all that was seen.</summary>
    internal async Task<IReadOnlyList<WireFrame>> StopAsync(CancellationToken cancellation) => Meant(await _capture.StopAsync(cancellation));

    private static List<WireFrame> Meant(IReadOnlyList<CapturedFrame> frames)
    {
        var meant = new List<WireFrame>();
        foreach (var frame in frames)
        {
            if (TryFrame(frame.At, frame.Octets, out var seen))
                meant.Add(seen);
        }

        return meant;
    }

    private static bool TryFrame(TimeSpan at, ReadOnlySpan<byte> frame, out WireFrame seen)
    {
        seen = default;
        if (frame.Length < Ethernet + 28)
            return false;
        var mac = string.Join(':', frame.Slice(6, 6).ToArray().Select(static b => b.ToString("x2", CultureInfo.InvariantCulture)));
        var payload = frame[Ethernet..];
        switch (BinaryPrimitives.ReadUInt16BigEndian(frame[12..]))
        {
            case Arp when payload.Slice(14, 4).SequenceEqual(payload.Slice(24, 4)):
                seen = new WireFrame(at, false, new IPAddress(payload.Slice(14, 4)), 0, 0, mac);
                return true;
            case Ip when payload[9] == Vrrp:
                var header = (payload[0] & 15) * 4;
                seen = new WireFrame(at, true, new IPAddress(payload.Slice(12, 4)), payload[header + 1], payload[header + 2], mac);
                return true;
            default:
                return false;
        }
    }
}
