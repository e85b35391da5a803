// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Capabilities;
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Messages;

/// <summary>
/// OPEN (RFC 4271 4.2). Its parameters are capabilities (RFC 5492) and come in one of two forms.
/// <code>
///   19        20      22     24         28      29
///  +---------+-------+------+----------+-------+------------------------------------
///  | version |  AS   | hold | BGP id   | length| { type 1, length 1, value } ...
///  +---------+-------+------+----------+-------+------------------------------------
///   RFC 9072:                          | 255   | 255 | length 2 | { type 1, length 2, value } ...
///                                      +-------+-----+----------+--------------------
/// </code>
/// Reading checks the structure; whether the peer is acceptable is for the negotiation to say.
/// </summary>
public readonly ref partial struct OpenMessage
{
    /// <summary>The version that is spoken.</summary>
    public const byte CurrentVersion = 4;

    private readonly ReadOnlySpan<byte> _parameters;
    private readonly bool _extended;

    private OpenMessage(ushort asn, ushort holdSeconds, uint identifier, ReadOnlySpan<byte> parameters, bool extended)
    {
        TwoOctetAs = asn;
        HoldSeconds = holdSeconds;
        Identifier = identifier;
        _parameters = parameters;
        _extended = extended;
    }

    /// <summary>The AS number of two octets; <see cref="AsNumbers.Trans"/> where the number is in a capability.</summary>
    public ushort TwoOctetAs { get; }

    /// <summary>The hold time that is proposed, in seconds.</summary>
    public ushort HoldSeconds { get; }

    /// <summary>The BGP identifier as a number.</summary>
    public uint Identifier { get; }

    /// <summary>All capabilities, also repeated and unknown ones, in order.</summary>
    public CapabilityEnumerator Capabilities => new(_parameters, _extended);

    // RFC 4271 6.2: the data say the version that is spoken.
    private static ReadOnlySpan<byte> SpokenVersion => [0, CurrentVersion];

    /// <summary>Reads a message from its body.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out OpenMessage message, out DecodeError error)
    {
        message = default;
        SpanReader reader = new(body);
        _ = reader.TryReadByte(out byte version);
        if (version != CurrentVersion)
        {
            error = new(BgpFault.Version, SpokenVersion);
            return false;
        }

        bool read = reader.TryReadUInt16(out ushort asn) & reader.TryReadUInt16(out ushort holdSeconds)
            & reader.TryReadUInt32(out uint identifier) & reader.TryReadByte(out byte length);
        bool extended = length != 0 && !reader.Rest.IsEmpty && reader.Rest[0] == OpenParameter.Extended;
        int parametersLength = length;
        if (extended)
        {
            // RFC 9072 2: the short length says nothing then.
            _ = reader.TrySkip(1);
            read &= reader.TryReadUInt16(out ushort wide);
            parametersLength = wide;
        }

        if (!read || reader.Remaining != parametersLength)
        {
            error = new(BgpFault.ParametersLength);
            return false;
        }

        ReadOnlySpan<byte> parameters = reader.Rest;
        error = Check(parameters, extended);
        message = error.Fault == BgpFault.None ? new(asn, holdSeconds, identifier, parameters, extended) : default;
        return error.Fault == BgpFault.None;
    }

    private static DecodeError Check(ReadOnlySpan<byte> octets, bool extended)
    {
        SpanReader parameters = new(octets);
        while (parameters.Remaining > 0)
        {
            ReadOnlySpan<byte> from = parameters.Rest;
            if (!OpenParameter.TryRead(ref parameters, extended, out byte type, out SpanReader value))
            {
                return new(BgpFault.ParameterOverrun);
            }

            if (type != OpenParameter.Capabilities)
            {
                return new(BgpFault.ParameterType, from[..^parameters.Remaining]);
            }

            while (value.Remaining > 0)
            {
                if (!Capability.TryRead(ref value, out _))
                {
                    return new(BgpFault.CapabilityOverrun);
                }
            }
        }

        return default;
    }
}
