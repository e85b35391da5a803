// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.Primitives;

namespace LoadBalancer.Packets;

/// <summary>
/// A Router Solicitation or Advertisement from its ICMPv6 type on (RFC 4861 4.1, 4.2), all fields in network order:
/// <code>
///  |     Type      |     Code      |           Checksum            |
///  |  Hop Limit    |     Flags     |       Router Lifetime         |  a solicitation: reserved
///  |                        Reachable Time                         |  advertisement only
///  |                        Retrans Timer                          |  advertisement only
///  |  options: source link-layer address                           |
/// </code>
/// </summary>
/// <param name="IsAdvertisement">An advertisement; else a solicitation.</param>
/// <param name="LifetimeSeconds">Of an advertisement: how long the sender is a default router; zero: it is none.</param>
/// <param name="LinkLayerAddress">The sender's hardware address, where it says it.</param>
public readonly record struct RouterMessage(bool IsAdvertisement, ushort LifetimeSeconds = 0, MacAddr? LinkLayerAddress = null)
{
    /// <summary>Octets of the longest message written here.</summary>
    public const int MaxLength = AdvertisementLength + LinkLayerOptionLength;

    private const byte Solicitation = 133;
    private const byte Advertisement = 134;
    private const int SolicitationLength = 8;
    private const int AdvertisementLength = 16;
    private const int LifetimeOffset = 6;
    private const byte SourceLinkLayer = 1;
    private const int LinkLayerOptionLength = 8;
    private const int OptionHeader = 2;
    private const int OptionUnit = 8;

    /// <summary>Reads a message; false for another type, a code that is not zero, too few octets, or an option without length (6.1).</summary>
    public static bool TryRead(ReadOnlySpan<byte> octets, out RouterMessage message)
    {
        message = default;
        if (octets.Length < SolicitationLength || octets[0] is not (Solicitation or Advertisement) || octets[1] != 0)
        {
            return false;
        }

        bool advertisement = octets[0] == Advertisement;
        int fixedLength = advertisement ? AdvertisementLength : SolicitationLength;
        if (octets.Length < fixedLength || !TryReadOptions(octets[fixedLength..], out MacAddr? mac))
        {
            return false;
        }

        message = new(advertisement, advertisement ? BinaryPrimitives.ReadUInt16BigEndian(octets[LifetimeOffset..]) : (ushort)0, mac);
        return true;
    }

    /// <summary>Writes the message without its checksum, which the kernel fills in on a raw socket; the number of octets, or 0 when they do not fit.</summary>
    public int Write(Span<byte> destination)
    {
        int length = (IsAdvertisement ? AdvertisementLength : SolicitationLength) + (LinkLayerAddress is null ? 0 : LinkLayerOptionLength);
        if (destination.Length < length)
        {
            return 0;
        }

        destination[..length].Clear();
        destination[0] = IsAdvertisement ? Advertisement : Solicitation;
        if (IsAdvertisement)
        {
            BinaryPrimitives.WriteUInt16BigEndian(destination[LifetimeOffset..], LifetimeSeconds);
        }

        if (LinkLayerAddress is { } mac)
        {
            Span<byte> option = destination.Slice(length - LinkLayerOptionLength, LinkLayerOptionLength);
            option[0] = SourceLinkLayer;
            option[1] = LinkLayerOptionLength / OptionUnit;
            mac.Write(option[OptionHeader..]);
        }

        return length;
    }

    private static bool TryReadOptions(ReadOnlySpan<byte> options, out MacAddr? mac)
    {
        mac = null;
        while (options.Length >= OptionHeader)
        {
            int length = options[1] * OptionUnit;
            if (length == 0 || length > options.Length)
            {
                return false;
            }

            if (options[0] == SourceLinkLayer && length == LinkLayerOptionLength && MacAddr.TryRead(options[OptionHeader..LinkLayerOptionLength], out MacAddr found))
            {
                mac = found;
            }

            options = options[length..];
        }

        return options.IsEmpty;
    }
}
