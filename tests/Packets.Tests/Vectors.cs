// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Packets.Tests;

/// <summary>Packets written by hand from the RFCs' layouts; their checksums were reckoned by another program.</summary>
internal static class Vectors
{
    public const string ArpRequestFrame =
        "ffffffffffff" + "02000000000a" + "0806" + "0001" + "0800" + "06" + "04" + "0001"
        + "02000000000a" + "c000020a" + "000000000000" + "c0000264";

    public const string ArpReplyFrame =
        "02000000000a" + "020000000001" + "0806" + "0001" + "0800" + "06" + "04" + "0002"
        + "020000000001" + "c0000264" + "02000000000a" + "c000020a";

    public const string Solicitation =
        "60000000" + "0020" + "3a" + "ff" + "20010db800000000000000000000000a" + "ff0200000000000000000001ff000100"
        + "87" + "00" + "1a19" + "00000000" + "20010db8000000000000000000000100" + "0101" + "02000000000a";

    public const string Advertisement =
        "60000000" + "0020" + "3a" + "ff" + "fe800000000000000000000000000001" + "20010db800000000000000000000000a"
        + "88" + "00" + "b8a4" + "60000000" + "20010db8000000000000000000000100" + "0201" + "020000000001";

    public const string DuplicateAddressProbe =
        "60000000" + "0020" + "3a" + "ff" + "00000000000000000000000000000000" + "ff0200000000000000000001ff000100"
        + "87" + "00" + "33da" + "00000000" + "20010db8000000000000000000000100" + "0e01" + "010203040506";

    public static byte[] Bytes(string hex) => Convert.FromHexString(hex);
}
