// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;

namespace LoadBalancer.BgpNet.Tests;

/// <summary>Octets written by hand from the formats in the RFCs.</summary>
internal static class Vectors
{
    public const string Marker = "ffffffffffffffffffffffffffffffff";

    /// <summary>AS 64513, hold 90, id 192.0.2.6; IPv4, IPv6, AS4, refresh, enhanced, extended messages, GR (N, 120 s, IPv4 F), IPv4 over IPv6.</summary>
    public const string Open =
        Marker + "00470104fc01005ac00002062a022801040001000101040002000141040000fc0102004600060040064078000101800506000100010002";

    /// <summary>192.0.2.1/32 by 192.0.2.6, path 64513, community 64513:100, large 64513:1:2.</summary>
    public const string UpdateIPv4 =
        Marker + "0046020000002a4001010040020602010000fc01400304c0000206c00804fc010064c0200c0000fc01000000010000000220c0000201";

    /// <summary>2001:db8::1/128 by 2001:db8::6 and fe80::1, path 64513.</summary>
    public const string UpdateIPv6 =
        Marker + "005d0200000046800e3600020120" + "20010db8000000000000000000000006" + "fe800000000000000000000000000001"
        + "008020010db8000000000000000000000001" + "4001010040020602010000fc01";

    public const string EndOfRibIPv4 = Marker + "00170200000000";
    public const string EndOfRibIPv6 = Marker + "001d0200000006800f03000201";
    public const string EndOfRibIPv6Long = Marker + "001e0200000007900f0003000201";
    public const string Keepalive = Marker + "001304";
    public const string RefreshIPv4 = Marker + "00170500010001";
    public const string Shutdown = Marker + "001a030602" + "04" + "64726169";

    /// <summary>Everything a peer of another AS with four-octet numbers may send of both families.</summary>
    public static UpdateContext External { get; } = new() { FourOctetAs = true, IPv4Unicast = true, IPv6Unicast = true };

    public static UpdateContext Internal { get; } = External with { Internal = true };

    public static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    public static string Hex(ReadOnlySpan<byte> octets) => Convert.ToHexStringLower(octets);

    /// <summary>The body of a message.</summary>
    public static byte[] Body(string message) => Bytes(message)[MessageFrame.HeaderLength..];

    /// <summary>A body from withdrawn prefixes, attributes and prefixes, with true lengths.</summary>
    public static byte[] Update(string withdrawn, string attributes, string nlri)
    {
        byte[] first = Bytes(withdrawn);
        byte[] second = Bytes(attributes);
        return
        [
            (byte)(first.Length >> 8), (byte)first.Length, .. first,
            (byte)(second.Length >> 8), (byte)second.Length, .. second,
            .. Bytes(nlri),
        ];
    }

    /// <summary>An OPEN body of AS 64513, hold 90, id 192.0.2.6 with these capabilities in one parameter.</summary>
    public static byte[] OpenWith(string capabilities)
    {
        byte[] value = Bytes(capabilities);
        return [.. Bytes("04fc01005ac0000206"), (byte)(value.Length + 2), 2, (byte)value.Length, .. value];
    }
}
