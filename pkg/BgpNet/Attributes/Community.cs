// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace LoadBalancer.BgpNet.Attributes;

/// <summary>A community (RFC 1997): a number, by custom an AS number and a value of 16 bits each.</summary>
public readonly record struct Community(uint Value)
{
    /// <summary>A community of an AS.</summary>
    public Community(ushort asn, ushort value)
        : this(((uint)asn << 16) | value)
    {
    }

    /// <summary>Prefer other paths: this one is going away (RFC 8326).</summary>
    public static Community GracefulShutdown => new(0xFFFF0000);

    /// <summary>The route is stale for long (RFC 9494).</summary>
    public static Community LlgrStale => new(0xFFFF0006);

    /// <summary>Do not keep the route for long once it is stale (RFC 9494).</summary>
    public static Community NoLlgr => new(0xFFFF0007);

    /// <summary>Drop what is sent to the prefix (RFC 7999).</summary>
    public static Community Blackhole => new(0xFFFF029A);

    /// <summary>Not to leave the AS or confederation.</summary>
    public static Community NoExport => new(0xFFFFFF01);

    /// <summary>Not to be passed on at all.</summary>
    public static Community NoAdvertise => new(0xFFFFFF02);

    /// <summary>Not to leave the member AS.</summary>
    public static Community NoExportSubconfed => new(0xFFFFFF03);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value >> 16}:{Value & 0xffff}");
}
