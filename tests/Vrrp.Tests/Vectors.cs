// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp.Tests;

/// <summary>
/// Messages captured from keepalived 2.2.7 and FRR 8.4.4, octet by octet; their addresses are those of the capture and stay in
/// hexadecimal.
/// </summary>
internal static class Vectors
{
    public const string Source1 = "0a090001";
    public const string Source2 = "0a090002";
    public const string Group4 = "e0000012";
    public const string Virtual = "0a090064";

    public const string V2 = "21339601" + "00013e5d" + Virtual + "0000000000000000";
    public const string V2Password = "21336401" + "01010cfb" + Virtual + "3131313100000000";
    public const string V3 = "31336401" + "000a75bb" + Virtual;
    public const string V3Unicast = "31339601" + "00641969" + Virtual;
    public const string V3Frr = "31336401" + "00647560" + Virtual;

    /// <summary>The same as FRR's with the checksum that RFC 9568 5.2.8 asks for.</summary>
    public const string V3MessageOnly = "31336401" + "00645ffa" + Virtual;

    public const string Source6 = "fe80000000000000000000fffe000001";
    public const string Group6 = "ff020000000000000000000000000012";

    public const string V3IPv6 =
        "31339602" + "000a3e0f" + "fe800000000000000000000000000100" + "fd000000000000000000000000000100";

    public const string IPv4Header = "45c000280001" + "0000ff70d088" + Source1 + Group4;

    public static byte[] Octets(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    public static string Hex(ReadOnlySpan<byte> octets) => Convert.ToHexStringLower(octets);

    public static IpAddr Address(string hex)
    {
        byte[] octets = Octets(hex);
        Assert.True(IpAddr.TryRead(octets, out IpAddr address), hex);
        return address;
    }
}
