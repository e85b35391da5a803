// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;

namespace LoadBalancer.BgpNet.Rib;

/// <summary>Attributes with the octets that tell them from others.</summary>
internal sealed class AttributeSet
{
    private const int Usual = 512;
    private const int Longest = 1 << 18;

    public AttributeSet(RouteAttributes attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        Attributes = attributes;
        Octets = Encode(attributes, fourOctetAs: true);
    }

    public RouteAttributes Attributes { get; }

    public byte[] Octets { get; }

    public static byte[] Encode(RouteAttributes attributes, bool fourOctetAs)
    {
        Span<byte> few = stackalloc byte[Usual];
        if (attributes.TryWrite(few, fourOctetAs, out int length))
        {
            return few[..length].ToArray();
        }

        byte[] many = new byte[Longest];
        return attributes.TryWrite(many, fourOctetAs, out length)
            ? many[..length]
            : throw new ArgumentException("The attributes are longer than any message holds", nameof(attributes));
    }
}
