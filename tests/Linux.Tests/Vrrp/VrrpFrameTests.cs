// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using LoadBalancer.Linux.Vrrp;
using LoadBalancer.Packets;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tests.Vrrp;

/// <summary>What of the frames on a wire the kernel hands a receiver, and what it tells switches of it.</summary>
public sealed class VrrpFrameTests : IDisposable
{
    private const string Group4 = "e0000012";
    private const string Group6 = "ff020000000000000000000000000012";
    private const string GroupMac4 = "01005e000012";
    private const string GroupMac6 = "333300000012";
    private const string Everybody = "ffffffffffff";

    private readonly Segment _segment = new();
    private readonly Loop _loop;
    private readonly FrameTap _tap;
    private readonly ConcurrentQueue<(byte[] Message, VrrpDatagram Datagram)> _received = [];

    public VrrpFrameTests()
    {
        _loop = new Loop(_segment.A);
        _tap = new FrameTap(_segment.B, "eth0");
    }

    [Fact]
    [Trait("Scenario", "RX-31")]
    public void Frame_ToAllOfTheSegment_Arrives()
    {
        Receive(IpFamily.IPv4);
        _tap.Send(IPv4(Everybody, "", 51));
        Assert.Equal(51, Next().Message[1]);
    }

    [Fact]
    [Trait("Scenario", "RX-35")]
    public void Frame_OfAVlan_DoesNotArrive()
    {
        Receive(IpFamily.IPv4);
        _tap.Send(IPv4(GroupMac4, "81000064", 51));
        _tap.Send(IPv4(GroupMac4, "", 52));
        Assert.Equal(52, Next().Message[1]);
        Assert.Empty(_received);
    }

    /// <summary>Options for every hop (next header 0), and for the destination (60), before the message.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("3c")]
    [Trait("Scenario", "R6-09")]
    public void Frame_WithIPv6Options_GivesTheMessageBehindThem(string options)
    {
        Receive(IpFamily.IPv6);
        string message = Message(51);
        string payload = (options.Length == 0 ? "" : "7000" + "010400000000") + message;
        string next = options.Length == 0 ? "70" : options;
        _tap.Send(Octets(GroupMac6 + Mac + "86dd" + "6c000000" + Length(payload) + next + "ff" + "fe800000000000000000000000000002" + Group6 + payload));
        (byte[] received, VrrpDatagram datagram) = Next();
        Assert.Equal(message, Convert.ToHexStringLower(received));
        Assert.Equal((byte)255, datagram.HopLimit);
    }

    [Theory]
    [InlineData(IpFamily.IPv4, Group4)]
    [InlineData(IpFamily.IPv6, Group6)]
    [Trait("Scenario", "TX-13")]
    [Trait("Scenario", "TX-14")]
    public void Group_Joined_IsReportedToSwitches(IpFamily family, string group)
    {
        Receive(family);
        // IGMP is protocol 2; MLD is ICMPv6 behind options for every hop.
        byte[] report = _tap.Await(frame => (family == IpFamily.IPv4 ? frame[12] == 0x08 && frame[23] == 2 : frame[12] == 0x86 && frame[20] == 0 && frame[54] == 58)
            && Convert.ToHexStringLower(frame.AsSpan(34)).Contains(group, StringComparison.Ordinal));
        Assert.Equal(Segment.MacA().ToString().Replace(":", "", StringComparison.Ordinal), Convert.ToHexStringLower(report.AsSpan(6, 6)));
    }

    [Fact]
    [Trait("Scenario", "FI-29")]
    public void Flood_WhileTheLoopStands_CostsWhatDoesNotFitAndNothingAfterwards()
    {
        const int Flood = 20_000;
        Receive(IpFamily.IPv4);
        _loop.On(() =>
        {
            byte[] frame = IPv4(GroupMac4, "", 51);
            for (int i = 0; i < Flood; i++)
            {
                _tap.Send(frame);
            }
        });
        _loop.Await(() => !_received.IsEmpty);
        Host.Until("a message of another router arrives", () =>
        {
            _tap.Send(IPv4(GroupMac4, "", 52));
            return _received.Any(static r => r.Message[1] == 52);
        });
        Assert.InRange(_received.Count(static r => r.Message[1] == 51), 100, Flood - 1);
    }

    private static string Mac => Segment.MacB().ToString().Replace(":", "", StringComparison.Ordinal);

    private static string Message(byte router) => $"31{router:x2}640100640000c0000209";

    private static string Length(string payload) => (payload.Length / 2).ToString("x4", System.Globalization.CultureInfo.InvariantCulture);

    private static byte[] Octets(string hex) => Convert.FromHexString(hex);

    private static byte[] IPv4(string to, string tag, byte router)
    {
        byte[] header = Octets("45c00020" + "00010000" + "ff700000" + "c0000202" + Group4);
        ushort sum = InternetChecksum.Compute(header);
        (header[10], header[11]) = ((byte)(sum >> 8), (byte)sum);
        return [.. Octets(to + Mac + tag + "0800"), .. header, .. Octets(Message(router))];
    }

    private void Receive(IpFamily family)
    {
        int link = _segment.A.IndexOf("eth0");
        _ = _loop.On(() =>
        {
            VrrpReceiver opened = new(_loop.Reactor, family, link, (octets, in datagram) => _received.Enqueue((octets[datagram.HeaderLength..].ToArray(), datagram)));
            opened.AcceptAll();
            return opened;
        });
    }

    private (byte[] Message, VrrpDatagram Datagram) Next()
    {
        _loop.Await(() => !_received.IsEmpty);
        Assert.True(_received.TryDequeue(out (byte[] Message, VrrpDatagram Datagram) item));
        return item;
    }

    public void Dispose()
    {
        _tap.Dispose();
        _loop.Dispose();
        _segment.Dispose();
    }
}
