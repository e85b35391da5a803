// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Capabilities;

/// <summary>
/// Names of host and domain, code 73: each a length of one octet and that much UTF-8.
/// </summary>
public readonly ref struct FqdnCapability
{
    private readonly ReadOnlySpan<byte> _host;
    private readonly ReadOnlySpan<byte> _domain;

    private FqdnCapability(ReadOnlySpan<byte> host, ReadOnlySpan<byte> domain)
    {
        _host = host;
        _domain = domain;
    }

    /// <summary>The host name, fit to be logged.</summary>
    public string Host => PeerText.Clean(_host);

    /// <summary>The domain name, fit to be logged; often empty.</summary>
    public string Domain => PeerText.Clean(_domain);

    /// <summary>Reads the value; false when a name runs past it. What follows the names is passed over.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out FqdnCapability capability)
    {
        SpanReader reader = new(value);
        bool read = TryReadName(ref reader, out ReadOnlySpan<byte> host) & TryReadName(ref reader, out ReadOnlySpan<byte> domain);
        capability = read ? new(host, domain) : default;
        return read;
    }

    /// <summary>Writes the capability; false also when the names are too long together.</summary>
    public static bool TryWrite(ref SpanWriter writer, ReadOnlySpan<byte> host, ReadOnlySpan<byte> domain) =>
        Capability.TryWriteHeader(ref writer, CapabilityCode.Fqdn, 2 + host.Length + domain.Length)
        && writer.TryWriteByte((byte)host.Length)
        && writer.TryWriteOctets(host)
        && writer.TryWriteByte((byte)domain.Length)
        && writer.TryWriteOctets(domain);

    private static bool TryReadName(scoped ref SpanReader reader, out ReadOnlySpan<byte> name)
    {
        name = default;
        return reader.TryReadByte(out byte length) && reader.TryReadOctets(length, out name);
    }
}
