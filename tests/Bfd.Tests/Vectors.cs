// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Bfd.Tests;

/// <summary>Packets written by hand from the layout of RFC 5880 4; their digests were reckoned by another program.</summary>
internal static class Vectors
{
    /// <summary>Down, multiplier 3, sends every second, receives every 300 ms.</summary>
    public const string Down = "20" + "40" + "03" + "18" + "0a0b0c0d" + "00000000" + "000f4240" + "000493e0" + "00000000";

    /// <summary>Up with every flag but A and M, diagnostic 3, and an echo interval.</summary>
    public const string UpWithFlags = "23" + "fa" + "05" + "18" + "00000001" + "fffffffe" + "0000c350" + "00002710" + "00000064";

    public static byte[] Bytes(string hex) => Convert.FromHexString(hex);
}
