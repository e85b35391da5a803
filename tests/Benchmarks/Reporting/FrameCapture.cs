// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.Benchmarks.Reporting;

/// <summary>A frame's first octets.</summary>
/// <param name="At">Time the kernel took it, since 1970 by the system's clock.</param>
/// <param name="Octets">From the Ethernet header on.</param>
internal readonly record struct CapturedFrame(TimeSpan At, byte[] Octets);

/// <summary>Frames as tcpdump takes them from an interface, with the kernel's time stamps.</summary>
internal sealed class FrameCapture
{
    private const int FileHeader = 24;
    private const int RecordHeader = 16;
    private const int NanosecondMagic = unchecked((int)0xa1b23c4d);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly LabProcess _process;
    private readonly string _file;

    private FrameCapture(LabProcess process, string file) => (_process, _file) = (process, file);

    /// <param name="network">The lab.</param>
    /// <param name="place">Where the interface eth0 is.</param>
    /// <param name="name">A name that no other capture of this lab has.</param>
    /// <param name="filter">What to take, in tcpdump's words.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    internal static async Task<FrameCapture> StartAsync(LabNetwork network, LabNamespace place, string name, string filter, CancellationToken cancellation)
    {
        var file = Path.Combine(network.State.Directory, name + ".pcap");
        var process = await network.StartProcessAsync(
            place, name, "tcpdump", "-Z", "root", "-n", "-i", "eth0", "-B", "16384", "-s", "96", "-U", "--time-stamp-precision=nano", "-w", file, filter);
        await process.WaitForLineAsync("listening on", Patience, cancellation);
        return new FrameCapture(process, file);
    }

    /// <summary>What was seen so far.</summary>
    internal async Task<IReadOnlyList<CapturedFrame>> ReadAsync(CancellationToken cancellation)
    {
        await using var stream = new FileStream(_file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var octets = new byte[stream.Length];
        await stream.ReadExactlyAsync(octets, cancellation);
        return Parse(octets);
    }

    /// <summary>Ends it and returns all that was seen.</summary>
    internal async Task<IReadOnlyList<CapturedFrame>> StopAsync(CancellationToken cancellation)
    {
        await _process.StopAsync(cancellation);
        return await ReadAsync(cancellation);
    }

    private static List<CapturedFrame> Parse(ReadOnlySpan<byte> octets)
    {
        var frames = new List<CapturedFrame>();
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
            frames.Add(new CapturedFrame(at, octets.Slice(RecordHeader, length).ToArray()));
            octets = octets[(RecordHeader + length)..];
        }

        return frames;
    }
}
