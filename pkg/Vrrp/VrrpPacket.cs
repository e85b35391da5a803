// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp;

/// <summary>
/// An advertisement, as a view of the octets it was read from (RFC 3768 5.1, RFC 9568 5.2):
/// <code>
///   0                   1                   2                   3
///   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///  |Version| Type  | Virtual Rtr ID|   Priority    |     Count     |
///  |  v2: Auth Type, Adver Int (s) |           Checksum            |
///  |  v3: 0000, Max Adver Int (cs) |                               |
///  |                    Count addresses, 4 or 16 octets each       |
///  |                    v2: eight octets of authentication         |
/// </code>
/// </summary>
public readonly ref struct VrrpPacket
{
    private const int Advertisement = 1;
    private readonly ReadOnlySpan<byte> _message;

    private VrrpPacket(ReadOnlySpan<byte> message, IpFamily family, ChecksumForm form)
    {
        _message = message;
        Family = family;
        Form = form;
    }

    /// <summary>Version 2 or 3.</summary>
    public VrrpVersion Version => (VrrpVersion)(_message[0] >> 4);

    /// <summary>Family of the addresses, and of the datagram that carried them.</summary>
    public IpFamily Family { get; }

    /// <summary>What the sender reckoned its checksum over.</summary>
    public ChecksumForm Form { get; }

    /// <summary>Number of the virtual router, 1 to 255.</summary>
    public byte VirtualRouterId => _message[1];

    /// <summary>0: the master resigns; 255: it owns the addresses.</summary>
    public byte Priority => _message[2];

    /// <summary>How many addresses there are, 1 to 255.</summary>
    public int Count => _message[3];

    /// <summary>Interval between the sender's advertisements, in centiseconds also for version 2; not zero.</summary>
    public int Centiseconds => Version == VrrpVersion.V2 ? _message[5] * 100 : BinaryPrimitives.ReadUInt16BigEndian(_message[4..]) & 0xFFF;

    /// <summary>Authentication type of version 2 as on the wire; 0 for version 3.</summary>
    public byte AuthenticationType => Version == VrrpVersion.V2 ? _message[4] : (byte)0;

    /// <summary>The addresses, in network order, one after the other.</summary>
    public ReadOnlySpan<byte> AddressOctets => _message.Slice(VrrpWire.HeaderLength, Count * VrrpWire.AddressLength(Family));

    internal VrrpPassword Password => Version == VrrpVersion.V2 ? VrrpPassword.Read(_message[^VrrpWire.AuthenticationLength..]) : default;

    /// <summary>
    /// Reads and judges a message by the rules that need no configuration. Both addresses of the datagram go into the checksum
    /// and say the family. It never throws.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> message, IpAddr source, IpAddr destination, out VrrpPacket packet, out VrrpDiscard reason)
    {
        packet = default;
        IpFamily family = source.Family;
        reason = JudgeShape(message, family);
        if (reason != VrrpDiscard.None)
        {
            return false;
        }

        bool firstForm = message[0] >> 4 == (int)VrrpVersion.V2;
        ChecksumForm form = firstForm ? ChecksumForm.MessageOnly : ChecksumForm.PseudoHeader;
        bool right = VrrpChecksum.Compute(message, form, source, destination) == 0;
        if (!right && !firstForm && family == IpFamily.IPv4)
        {
            form = ChecksumForm.MessageOnly;
            right = VrrpChecksum.Compute(message, form, source, destination) == 0;
        }

        packet = new VrrpPacket(message, family, form);
        reason = !right ? VrrpDiscard.BadChecksum
            : packet.VirtualRouterId == 0 ? VrrpDiscard.ZeroRouterId
            : packet.Count == 0 ? VrrpDiscard.NoAddresses
            : packet.Centiseconds == 0 ? VrrpDiscard.ZeroInterval
            : VrrpDiscard.None;
        return reason == VrrpDiscard.None;
    }

    /// <summary>One of the addresses; false, as only garbage does, when it is an IPv6 address of v4-mapped form.</summary>
    public bool TryGetAddress(int index, out IpAddr address)
    {
        int length = VrrpWire.AddressLength(Family);
        return IpAddr.TryRead(AddressOctets.Slice(index * length, length), out address);
    }

    private static VrrpDiscard JudgeShape(ReadOnlySpan<byte> message, IpFamily family)
    {
        if (message.Length < VrrpWire.HeaderLength)
        {
            return VrrpDiscard.Truncated;
        }

        int version = message[0] >> 4;
        if (version is not ((int)VrrpVersion.V2 or (int)VrrpVersion.V3))
        {
            return VrrpDiscard.UnknownVersion;
        }

        if (version == (int)VrrpVersion.V2 && family == IpFamily.IPv6)
        {
            return VrrpDiscard.Version2OverIPv6;
        }

        if ((message[0] & 0xF) != Advertisement)
        {
            return VrrpDiscard.UnknownType;
        }

        int trailer = version == (int)VrrpVersion.V2 ? VrrpWire.AuthenticationLength : 0;
        int length = VrrpWire.HeaderLength + (message[3] * VrrpWire.AddressLength(family)) + trailer;
        return message.Length < length ? VrrpDiscard.LengthTooShort
            : message.Length > length ? VrrpDiscard.LengthTooLong
            : VrrpDiscard.None;
    }
}
