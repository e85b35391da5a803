// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp;

/// <summary>Fields of an advertisement to be written; <see cref="VrrpPacket"/> reads them.</summary>
public readonly record struct VrrpMessage
{
    private const int PriorityOffset = 2;
    private const int ChecksumOffset = 6;

    /// <summary>Version 2 (IPv4 only) or 3.</summary>
    public required VrrpVersion Version { get; init; }

    /// <summary>Number of the virtual router, 1 to 255.</summary>
    public required byte VirtualRouterId { get; init; }

    /// <summary>Priority, 0 to 255.</summary>
    public required byte Priority { get; init; }

    /// <summary>Interval in centiseconds: 1 to 4095, for version 2 whole seconds up to 25500.</summary>
    public required int Centiseconds { get; init; }

    /// <summary>Version 2 only.</summary>
    public VrrpAuthenticationType AuthenticationType { get; init; }

    /// <summary>Version 2 with <see cref="VrrpAuthenticationType.SimpleText"/> only.</summary>
    public VrrpPassword Password { get; init; }

    /// <summary>Octets of an advertisement.</summary>
    public static int LengthOf(VrrpVersion version, IpFamily family, int addresses) => VrrpWire.HeaderLength
        + (addresses * VrrpWire.AddressLength(family))
        + (version == VrrpVersion.V2 ? VrrpWire.AuthenticationLength : 0);

    /// <summary>
    /// Writes everything but the checksum, which <see cref="Seal"/> puts in; false, and nothing useful written, when it does
    /// not fit. The addresses are of one family, at most 255.
    /// </summary>
    public bool TryWrite(Span<byte> destination, IpFamily family, ReadOnlySpan<IpAddr> addresses, out int length)
    {
        length = LengthOf(Version, family, addresses.Length);
        if (destination.Length < length || addresses.Length > VrrpWire.MaxAddresses)
        {
            length = 0;
            return false;
        }

        destination[0] = (byte)(((byte)Version << 4) | 1);
        destination[1] = VirtualRouterId;
        destination[PriorityOffset] = Priority;
        destination[3] = (byte)addresses.Length;
        if (Version == VrrpVersion.V2)
        {
            destination[4] = (byte)AuthenticationType;
            destination[5] = (byte)(Centiseconds / 100);
            Password.Write(destination[(length - VrrpWire.AuthenticationLength)..]);
        }
        else
        {
            // The upper four bits are reserved and sent as zero (RFC 9568 5.2.6).
            BinaryPrimitives.WriteUInt16BigEndian(destination[4..], (ushort)(Centiseconds & 0xFFF));
        }

        destination[ChecksumOffset] = 0;
        destination[ChecksumOffset + 1] = 0;
        Span<byte> rest = destination[VrrpWire.HeaderLength..];
        foreach (IpAddr address in addresses)
        {
            address.Write(rest);
            rest = rest[address.ByteLength..];
        }

        return true;
    }

    /// <summary>
    /// Sets priority and checksum of a written message, in place. The form matters for version 3 over IPv4 only: version 2 has
    /// no pseudo-header, IPv6 always has one.
    /// </summary>
    public static void Seal(Span<byte> message, byte priority, IpAddr source, IpAddr destination, ChecksumForm form)
    {
        ChecksumForm right = message[0] >> 4 == (int)VrrpVersion.V2 ? ChecksumForm.MessageOnly
            : destination.IsIPv6 ? ChecksumForm.PseudoHeader
            : form;
        message[PriorityOffset] = priority;
        BinaryPrimitives.WriteUInt16BigEndian(message[ChecksumOffset..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(message[ChecksumOffset..], VrrpChecksum.Compute(message, right, source, destination));
    }
}
