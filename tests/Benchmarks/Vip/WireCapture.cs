// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.Benchmarks.Vip;

/// <summary>A frame seen on the segment.</summary>
/// <param name="At">Time the kernel took it, since the capture's epoch.</param>
/// <param name="IsAdvert">A VRRP advertisement; else a gratuitous ARP.</param>
/// <param name="Source">Who advertises, or the address that is announced.</param>
/// <param name="Router">The virtual router's number in an advertisement.</param>
/// <param name="Priority">The priority in an advertisement.</param>
/// <param name="Mac">Where the frame comes from.</param>
internal readonly record struct WireFrame(TimeSpan At, bool IsAdvert, IPAddress Source, int Router, int Priority, string Mac);

/// <summary>Advertisements and gratuitous ARP on the segment, taken by tcpdump in the client with the kernel's time stamps.</summary>
internal sealed class WireCapture
{
    private const int FileHeader = 24;
    private const int RecordHeader = 16;
    private const int NanosecondMagic = unchecked((int)0xa1b23c4d);
    private const int Ethernet = 14;
    private const int Arp = 0x0806;
    private const int Ip = 0x0800;
    private const int Vrrp = 112;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly LabProcess _process;
    private readonly string _file;

    private WireCapture(LabProcess process, string file) => (_process, _file) = (process, file);

    internal static async Task<WireCapture> StartAsync(LabNetwork network, string name, CancellationToken cancellation)
    {
        var file = Path.Combine(network.State.Directory, name + ".pcap");
        var process = await network.StartProcessAsync(
            network.Client.Namespace, name, "tcpdump", "-Z", "root", "-n", "-i", "eth0", "-B", "16384", "-s", "96", "-U", "--time-stamp-precision=nano", "-w", file, "ip proto 112 or arp");
        await process.WaitForLineAsync("listening on", Patience, cancellation);
        return new WireCapture(process, file);
    }

    /// <summary>What was seen so far.</summary>
    internal async Task<IReadOnlyList<WireFrame>> ReadAsync(CancellationToken cancellation)
    {
        await using var stream = new FileStream(_file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var octets = new byte[stream.Length];
        await stream.ReadExactlyAsync(octets, cancellation);
        return Parse(octets);
    }

    /// <summary>Ends it and returns all that was seen.</summary>
    internal async Task<IReadOnlyList<WireFrame>> StopAsync(CancellationToken cancellation)
    {
        await _process.StopAsync(cancellation);
        return await ReadAsync(cancellation);
    }

    private static List<WireFrame> Parse(ReadOnlySpan<byte> octets)
    {
        var frames = new List<WireFrame>();
        if (octets.Length < FileHeader)
            return frames;
        if (BinaryPrimitives.ReadInt32LittleEndian(octets) != NanosecondMagic)
            throw new InvalidOperationException("tcpdump wrote a capture without nanoseconds.");
        octets = octets[FileHeader..];
        while (octets.Length >= RecordHeader)
        {
            var at = TimeSpan.FromSeconds(BinaryPrimitives.ReadUInt32LittleEndian(octets)) + TimeSpan.FromMicroseconds(BinaryPrimitives.ReadUInt32LittleEndian(octets[4..]) / 1000.0);
            var length = BinaryPrimitives.ReadInt32LittleEndian(octets[8..]);
            if (octets.Length < RecordHeader + length)
                break;
            if (TryFrame(at, octets.Slice(RecordHeader, length), out var frame))
                frames.Add(frame);
            octets = octets[(RecordHeader + length)..];
        }

        return frames;
    }

    private static bool TryFrame(TimeSpan at, ReadOnlySpan<byte> frame, out WireFrame seen)
    {
        seen = default;
        if (frame.Length < Ethernet + 28)
            return false;
        var mac = string.Join(':', frame.Slice(6, 6).ToArray().Select(static b => b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
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
