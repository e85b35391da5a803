// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Native;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Lab.Vip;

/// <summary>
/// What hosts of a lab put on the service segment of VRRP, ARP and neighbour discovery, in order, taken at the switch ports:
/// whoever a frame pretends to be from, its port says who sent it. What a host sends while its link is cut silently is on
/// the tape too, although nobody hears it.
/// </summary>
public sealed class SegmentTape : IDisposable
{
    /// <summary>What follows the name of a host's port in that of another port of it on the same segment.</summary>
    public const string SecondPort = "-2";

    private const int Outgoing = 4;
    private const int BufferOctets = 8 << 20;
    private static readonly TimeSpan StopWithin = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly List<AdvertFrame> _adverts = [];
    private readonly List<ClaimFrame> _claims = [];
    private readonly Dictionary<int, string> _hosts;
    private readonly Thread _thread;
    private readonly int _socket;
    private int _number;
    private volatile bool _stopped;

    private SegmentTape(int socket, Dictionary<int, string> hosts)
    {
        (_socket, _hosts) = (socket, hosts);
        _thread = new Thread(Record) { IsBackground = true, Name = "segment tape" };
        _thread.Start();
    }

    /// <summary>How long the tape is; what comes later has at least this number.</summary>
    public int Position
    {
        get
        {
            lock (_lock)
                return _number;
        }
    }

    public static async Task<SegmentTape> StartAsync(LabNetwork network, CancellationToken cancellation = default)
    {
        Dictionary<int, string> hosts = [];
        foreach (var link in JsonNode.Parse(await LabNetwork.RunAsync(network.Switch, "ip", ["-j", "link"], null, cancellation))!.AsArray())
        {
            // A host's second port is named after its first.
            var port = (string)link!["ifname"]!;
            if (network.Hosts.FirstOrDefault(h => port == h.Port(Segment.Service) || port == h.Port(Segment.Service) + SecondPort) is { } host)
                hosts[(int)link["ifindex"]!] = host.Name;
        }

        var socket = -1;
        network.Switch.Run(() =>
        {
            // ETH_P_ALL in network order: also what a bridge takes away from the stack.
            socket = Libc.Socket(Libc.FamilyPacket, Libc.RawSocket | Libc.SocketCloseOnExec, 0x0300);
            if (socket < 0)
                throw new Win32Exception(Marshal.GetLastPInvokeError(), "packet socket of the segment tape");
        });
        Span<long> patience = [0, (long)StopWithin.TotalMicroseconds];
        _ = Libc.SetOption(socket, Libc.LevelSocket, Libc.ReceiveTimeout, MemoryMarshal.AsBytes(patience), 16);
        Span<int> octets = [BufferOctets];
        _ = Libc.SetOption(socket, Libc.LevelSocket, Libc.ReceiveBufferForce, MemoryMarshal.AsBytes(octets), 4);
        return new(socket, hosts);
    }

    /// <summary>Advertisements of a virtual router from a position on, farewells among them.</summary>
    public IReadOnlyList<AdvertFrame> Adverts(int routerId, bool ipv6, int from = 0)
    {
        lock (_lock)
            return [.. _adverts.Where(a => a.Number >= from && a.RouterId == routerId && a.IsIPv6 == ipv6)];
    }

    /// <summary>Who claimed an address, from a position on.</summary>
    public IReadOnlyList<ClaimFrame> Claims(IPAddress address, int from = 0)
    {
        lock (_lock)
            return [.. _claims.Where(c => c.Number >= from && c.Address.Equals(address))];
    }

    internal static string Mac(ReadOnlySpan<byte> octets) => string.Create(
        CultureInfo.InvariantCulture, $"{octets[0]:x2}:{octets[1]:x2}:{octets[2]:x2}:{octets[3]:x2}:{octets[4]:x2}:{octets[5]:x2}");

    private void Record()
    {
        Span<byte> frame = stackalloc byte[2048];
        Span<byte> address = stackalloc byte[20];
        while (!_stopped)
        {
            var addressLength = address.Length;
            var length = (int)Libc.ReceiveFrom(_socket, frame, frame.Length, 0, address, ref addressLength);
            // struct sockaddr_ll: interface index at 4, kind of packet at 10.
            if (length < 14 || address[10] == Outgoing || !_hosts.TryGetValue(BitConverter.ToInt32(address[4..]), out var host))
                continue;
            var octets = (ReadOnlySpan<byte>)frame[..Math.Min(length, frame.Length)];
            // Of the instant it came in, however late this thread is; the first one switches the stamps on, and is dated now.
            var at = Libc.GetStamp(_socket, Libc.StampOfLast, out var stamp) == 0
                ? TimeSpan.FromSeconds(stamp.Seconds) + TimeSpan.FromMicroseconds(stamp.Nanoseconds / 1000.0)
                : TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch;
            lock (_lock)
            {
                if (AdvertFrame.Read(_number, at, host, octets) is { } advert)
                    _adverts.Add(advert);
                else if (ClaimFrame.Read(_number, host, octets) is { } claim)
                    _claims.Add(claim);
                else
                    continue;
                _number++;
            }
        }
    }

    public void Dispose()
    {
        _stopped = true;
        _thread.Join();
        _ = Libc.Close(_socket);
    }
}
