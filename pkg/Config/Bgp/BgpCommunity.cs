// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace LoadBalancer.Config.Bgp;

/// <summary>
/// A community as a manifest writes it: "N:M" of two 16-bit numbers (RFC 1997), kept in <see cref="Global"/> as one of 32 bits,
/// or "large:A:B:C" (RFC 8092).
/// </summary>
public readonly record struct BgpCommunity(bool IsLarge, uint Global, uint Local1, uint Local2)
{
    /// <summary>A community of 32 bits.</summary>
    public static BgpCommunity Standard(uint value) => new(false, value, 0, 0);

    /// <summary>A large community.</summary>
    public static BgpCommunity Large(uint global, uint local1, uint local2) => new(true, global, local1, local2);

    /// <inheritdoc/>
    public override string ToString() => IsLarge
        ? string.Create(CultureInfo.InvariantCulture, $"large:{Global}:{Local1}:{Local2}")
        : string.Create(CultureInfo.InvariantCulture, $"{Global >> 16}:{Global & 0xffff}");
}
