// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Fuzz;

/// <summary>Everything that is fuzzed, one line each: name, body, seeds.</summary>
internal static partial class Targets
{
    private const string ArpRequest = "ffffffffffff02000000000a0806000108000604000102000000000ac000020a000000000000c0000264";
    private const string ArpReply = "02000000000a02000000000108060001080006040002020000000001c000026402000000000ac000020a";
    private const string Ethernet6 = "3333ff00010002000000000a86dd";

    private const string Solicitation =
        "6000000000203aff20010db800000000000000000000000aff0200000000000000000001ff000100"
        + "87001a190000000020010db8000000000000000000000100010102000000000a";

    private const string Advertisement =
        "6000000000203afffe80000000000000000000000000000120010db800000000000000000000000a"
        + "8800b8a46000000020010db80000000000000000000001000201020000000001";

    private const string Probe =
        "6000000000203aff00000000000000000000000000000000ff0200000000000000000001ff000100"
        + "870033da0000000020010db80000000000000000000001000e01010203040506";

    public static IReadOnlyList<FuzzTarget> All =>
    [
        FuzzTarget.Octets("ethernet", Ethernet, ArpRequest, "ffffffffffff02000000000a8100000a0806"),
        FuzzTarget.Octets("arp", Arp, ArpRequest[28..], ArpReply[28..]),
        FuzzTarget.Octets("ipv6", IPv6, Solicitation, Advertisement),
        FuzzTarget.Octets("nd", Nd, Solicitation, Advertisement, Probe),
        FuzzTarget.Octets("nd-sealed", SealedNd, Solicitation, Advertisement, Probe),
        FuzzTarget.Octets("arp-responder", ArpAnswer, ArpRequest, ArpReply),
        FuzzTarget.Octets("ndp-responder", NdpAnswer, Ethernet6 + Solicitation, Ethernet6 + Advertisement, Ethernet6 + Probe),
        FuzzTarget.Octets("announcement-schedule", Schedule, "000102030405060708090a0b0c0d0e0f", "0010203040506070", "01ff03ff05ff07ff"),
        new("heartbeat", [SampleHeartbeat(null), SampleHeartbeat(Key)], HeartbeatPlain),
        new("heartbeat-authenticated", [SampleHeartbeat(Key), SampleHeartbeat(null)], HeartbeatAuthenticated),
        FuzzTarget.Octets("bfd-packet", BfdOctets, BfdDown, BfdUp, BfdSigned),
        FuzzTarget.Octets("bfd-session", BfdSteps, "00" + BfdDown, "0000" + "03" + BfdDown + "03" + BfdUp + "05ff05ff", "0800" + "0b" + BfdSigned),
        FuzzTarget.Octets("vrrp-message", VrrpOctets, "00" + VrrpV2, "00" + VrrpV3, "02" + VrrpV3, "03" + VrrpV3 + "000000000000000000000000"),
        FuzzTarget.Octets("vrrp-datagram", VrrpDatagrams, VrrpDatagram),
        FuzzTarget.Octets("vrrp-instance", VrrpSteps, "64a000" + "03030303" + "01" + VrrpV3 + "4838404850", "02a00003" + "5806050403" + "09" + VrrpV3 + "0705"),
        FuzzTarget.Octets("mac-octets", MacOctets, "02000000000a"),
        FuzzTarget.Octets("ip-octets", IpOctets, "c0000264", "20010db8000000000000000000000100", "00000000000000000000ffffc0000264"),
        FuzzTarget.Text("ip-text", IpText, "192.0.2.100", "2001:db8::100", "::ffff:192.0.2.1", "::", "2001:db8:1:2:3:4:192.0.2.1", "fe80::1%eth0"),
        FuzzTarget.Text("prefix-text", PrefixText, "192.0.2.0/24", "2001:db8::/32", "0.0.0.0/0", "::/128", "192.0.2.1/032"),
        FuzzTarget.Text("range-text", RangeText, "192.0.2.1-192.0.2.20", "192.0.2.0/24", "2001:db8::1 - 2001:db8::ff", "192.0.2.9-192.0.2.1"),
        FuzzTarget.Text("mac-text", MacText, "02:00:00:00:00:0a", "ff:ff:ff:ff:ff:ff"),
        .. Bgp, .. Sessions, .. VipConfig,
    ];

    private static void MacOctets(ReadOnlySpan<byte> input)
    {
        if (MacAddr.TryRead(input, out MacAddr mac))
        {
            byte[] written = new byte[MacAddr.ByteLength];
            mac.Write(written);
            FuzzTarget.Require(input.SequenceEqual(written), "a hardware address is written as read");
        }
    }

    private static void IpOctets(ReadOnlySpan<byte> input)
    {
        if (IpAddr.TryRead(input, out IpAddr address))
        {
            byte[] written = new byte[address.ByteLength];
            address.Write(written);
            FuzzTarget.Require(input.SequenceEqual(written), "an address is written as read");
            IpText(address.ToString());
        }
    }

    private static void IpText(string text)
    {
        if (IpAddr.TryParse(text, out IpAddr address))
        {
            FuzzTarget.Require(IpAddr.TryParse(address.ToString(), out IpAddr again) && again == address, "the text of an address is that address");
            RequireOnly(text, "0123456789abcdefABCDEF:.");
        }
    }

    // The runtime's number parsers let NULs trail, so this cannot be left to a round trip.
    private static void RequireOnly(string text, string characters) =>
        FuzzTarget.Require(!text.AsSpan().ContainsAnyExcept(characters), "no other character is accepted");

    private static void PrefixText(string text)
    {
        if (IpPrefix.TryParse(text, out IpPrefix prefix))
        {
            FuzzTarget.Require(IpPrefix.TryParse(prefix.ToString(), out IpPrefix again) && again == prefix, "the text of a prefix is that prefix");
            RequireOnly(text, "0123456789abcdefABCDEF:./");
            FuzzTarget.Require(prefix.Contains(prefix.Address) && prefix.Contains(prefix.Last), "a prefix contains its ends");
        }
    }

    private static void RangeText(string text)
    {
        if (IpRange.TryParse(text, out IpRange range))
        {
            FuzzTarget.Require(IpRange.TryParse(range.ToString(), out IpRange again) && again == range, "the text of a range is that range");
            FuzzTarget.Require(range.First <= range.Last && range.First.Family == range.Last.Family, "a range is ordered and of one family");
            int prefixes = 0;
            foreach (IpPrefix prefix in range.ToPrefixes())
            {
                prefixes++;
                FuzzTarget.Require(range.Contains(prefix.Address) && range.Contains(prefix.Last), "the prefixes of a range lie in it");
            }

            FuzzTarget.Require(prefixes is > 0 and <= 256, "a range is at most two prefixes for each bit");
        }
    }

    private static void MacText(string text)
    {
        if (MacAddr.TryParse(text, out MacAddr mac))
        {
            FuzzTarget.Require(mac.ToString().Equals(text, StringComparison.OrdinalIgnoreCase), "a hardware address has one text");
        }
    }
}
