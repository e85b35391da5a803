// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace LoadBalancer.Bfd;

/// <summary>
/// The mandatory section of a control packet (RFC 5880 4.1), all fields in network order, times in microseconds:
/// <code>
///   0                   1                   2                   3
///   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///  |Vers |  Diag   |Sta|P|F|C|A|D|M|  Detect Mult  |    Length     |
///  |                       My Discriminator                        |
///  |                      Your Discriminator                       |
///  |                    Desired Min TX Interval                    |
///  |                   Required Min RX Interval                    |
///  |                 Required Min Echo RX Interval                 |
///  |  authentication section, with A only                          |
/// </code>
/// </summary>
public readonly record struct BfdPacket
{
    /// <summary>Octets of the mandatory section.</summary>
    public const int FixedLength = 24;

    /// <summary>Octets of the longest packet we send: with a keyed SHA1 section.</summary>
    public const int MaxLength = FixedLength + BfdAuthentication.MaxSectionLength;

    private const int Version = 1;
    private const int MinimumAuthenticationLength = 2;
    private const byte PollBit = 0x20;
    private const byte FinalBit = 0x10;
    private const byte ControlPlaneIndependentBit = 0x08;
    private const byte AuthenticationBit = 0x04;
    private const byte DemandBit = 0x02;
    private const byte MultipointBit = 0x01;

    /// <summary>Why the sender's session last changed.</summary>
    public BfdDiagnostic Diagnostic { get; init; }

    /// <summary>State of the sender's session.</summary>
    public BfdState State { get; init; }

    /// <summary>The sender asks for an answer with <see cref="Final"/>.</summary>
    public bool Poll { get; init; }

    /// <summary>The answer to a <see cref="Poll"/>.</summary>
    public bool Final { get; init; }

    /// <summary>The sender's BFD lives on when its control plane does not.</summary>
    public bool ControlPlaneIndependent { get; init; }

    /// <summary>An authentication section follows the mandatory one.</summary>
    public bool HasAuthentication { get; init; }

    /// <summary>The sender wishes to receive no periodic packets while both are Up.</summary>
    public bool Demand { get; init; }

    /// <summary>Intervals without a packet after which the receiver declares the session down.</summary>
    public byte DetectMultiplier { get; init; }

    /// <summary>Octets of the packet, authentication section included; a datagram may be longer.</summary>
    public byte Length { get; init; }

    /// <summary>The sender's number for the session; not zero.</summary>
    public uint MyDiscriminator { get; init; }

    /// <summary>The receiver's number for the session, or zero while the sender does not know it.</summary>
    public uint YourDiscriminator { get; init; }

    /// <summary>Shortest interval at which the sender would like to send, in whole microseconds.</summary>
    public TimeSpan DesiredMinTransmit { get; init; }

    /// <summary>Shortest interval at which the sender can receive; zero: send me nothing periodically.</summary>
    public TimeSpan RequiredMinReceive { get; init; }

    /// <summary>Shortest interval at which the sender returns echo packets; zero: it does not.</summary>
    public TimeSpan RequiredMinEchoReceive { get; init; }

    /// <summary>
    /// Reads and judges a datagram by the rules of RFC 5880 6.8.6 that need no session, in their order. The authentication
    /// section is not looked at; <see cref="Length"/> is within the datagram when this returns true.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out BfdPacket packet, out BfdDiscard reason)
    {
        packet = default;
        reason = Judge(datagram);
        if (reason != BfdDiscard.None)
        {
            return false;
        }

        byte bits = datagram[1];
        packet = new BfdPacket
        {
            Diagnostic = (BfdDiagnostic)(datagram[0] & 0x1F),
            State = (BfdState)(bits >> 6),
            Poll = (bits & PollBit) != 0,
            Final = (bits & FinalBit) != 0,
            ControlPlaneIndependent = (bits & ControlPlaneIndependentBit) != 0,
            HasAuthentication = (bits & AuthenticationBit) != 0,
            Demand = (bits & DemandBit) != 0,
            DetectMultiplier = datagram[2],
            Length = datagram[3],
            MyDiscriminator = BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]),
            YourDiscriminator = BinaryPrimitives.ReadUInt32BigEndian(datagram[8..]),
            DesiredMinTransmit = ReadMicroseconds(datagram[12..]),
            RequiredMinReceive = ReadMicroseconds(datagram[16..]),
            RequiredMinEchoReceive = ReadMicroseconds(datagram[20..]),
        };
        return true;
    }

    /// <summary>Writes the mandatory section as it stands; false, and nothing written, when 24 octets do not fit.</summary>
    public bool TryWrite(Span<byte> destination)
    {
        if (destination.Length < FixedLength)
        {
            return false;
        }

        destination[0] = (byte)((Version << 5) | ((byte)Diagnostic & 0x1F));
        destination[1] = (byte)(((byte)State << 6)
            | (Poll ? PollBit : 0)
            | (Final ? FinalBit : 0)
            | (ControlPlaneIndependent ? ControlPlaneIndependentBit : 0)
            | (HasAuthentication ? AuthenticationBit : 0)
            | (Demand ? DemandBit : 0));
        destination[2] = DetectMultiplier;
        destination[3] = Length;
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], MyDiscriminator);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], YourDiscriminator);
        WriteMicroseconds(destination[12..], DesiredMinTransmit);
        WriteMicroseconds(destination[16..], RequiredMinReceive);
        WriteMicroseconds(destination[20..], RequiredMinEchoReceive);
        return true;
    }

    private static BfdDiscard Judge(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < 4)
        {
            return BfdDiscard.Truncated;
        }

        if (datagram[0] >> 5 != Version)
        {
            return BfdDiscard.UnknownVersion;
        }

        bool authenticated = (datagram[1] & AuthenticationBit) != 0;
        if (datagram[3] < FixedLength + (authenticated ? MinimumAuthenticationLength : 0))
        {
            return BfdDiscard.LengthTooShort;
        }

        if (datagram[3] > datagram.Length)
        {
            return BfdDiscard.LengthBeyondDatagram;
        }

        if (datagram[2] == 0)
        {
            return BfdDiscard.ZeroMultiplier;
        }

        if ((datagram[1] & MultipointBit) != 0)
        {
            return BfdDiscard.Multipoint;
        }

        return BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) == 0 ? BfdDiscard.ZeroMyDiscriminator : BfdDiscard.None;
    }

    private static TimeSpan ReadMicroseconds(ReadOnlySpan<byte> octets) =>
        new(BinaryPrimitives.ReadUInt32BigEndian(octets) * TimeSpan.TicksPerMicrosecond);

    private static void WriteMicroseconds(Span<byte> octets, TimeSpan span) =>
        BinaryPrimitives.WriteUInt32BigEndian(octets, (uint)(span.Ticks / TimeSpan.TicksPerMicrosecond));
}
