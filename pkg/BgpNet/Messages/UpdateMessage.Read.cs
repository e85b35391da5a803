// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.Packets;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Messages;

public ref partial struct UpdateMessage
{
    /// <summary>
    /// Reads a message from its body and grades its errors (RFC 7606). False only when the session must end; the NOTIFICATION
    /// for that is in <paramref name="error"/>.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> body, scoped in UpdateContext context, out UpdateMessage message, out DecodeError error)
    {
        message = default;
        SpanReader reader = new(body);
        if (!reader.TryReadUInt16(out ushort withdrawnLength) || !reader.TryReadOctets(withdrawnLength, out ReadOnlySpan<byte> withdrawn))
        {
            error = new(BgpFault.WithdrawnLength);
            return false;
        }

        if (!reader.TryReadUInt16(out ushort attributesLength) || !reader.TryReadOctets(attributesLength, out ReadOnlySpan<byte> attributes))
        {
            error = new(BgpFault.AttributesLength);
            return false;
        }

        UpdateMessage read = new(context.FourOctetAs);
        AttributeTypeSet seen = default;
        error = read.ReadAttributes(attributes, context, ref seen, out bool reachable);
        error = error.Fault == BgpFault.None ? read.ReadIPv4(withdrawn, reader.Rest, context) : error;
        if (error.Fault == BgpFault.None)
        {
            reachable |= !reader.Rest.IsEmpty;
            read.CheckMandatory(seen, context, !reader.Rest.IsEmpty, reachable);
            error = read.CheckRoutesFound(attributes, reachable);
        }

        if (error.Fault != BgpFault.None)
        {
            return false;
        }

        read.EndOfRib = withdrawn.IsEmpty && reader.Rest.IsEmpty ? read.FindEndOfRib(attributes, context) : null;
        message = read;
        return true;
    }

    private DecodeError ReadIPv4(ReadOnlySpan<byte> withdrawn, ReadOnlySpan<byte> announced, scoped in UpdateContext context)
    {
        if (!context.IPv4Unicast)
        {
            return default;
        }

        bool read = PrefixList.TryRead(withdrawn, IpFamily.IPv4, context.AddPathIPv4, out _withdrawn)
            & PrefixList.TryRead(announced, IpFamily.IPv4, context.AddPathIPv4, out _announced);
        return read ? default : Worst(BgpFault.Prefix, AfiSafi.IPv4Unicast, default, default, context);
    }

    private DecodeError ReadAttributes(
        ReadOnlySpan<byte> octets, scoped in UpdateContext context, scoped ref AttributeTypeSet seen, out bool reachable)
    {
        reachable = false;
        DecodeError error = default;
        SpanReader reader = new(octets);
        _attributes = octets;
        while (reader.Remaining > 0 && error.Fault == BgpFault.None)
        {
            int from = reader.Position;
            if (!PathAttribute.TryRead(ref reader, out PathAttribute attribute, out AttributeType type))
            {
                // RFC 7606 4: the total length says where the routes are, so what ran over it costs no more than the routes.
                _attributes = octets[..from];
                Raise(BgpFault.AttributeOverrun, type);
                return type is AttributeType.MpReach or AttributeType.MpUnreach ? new(BgpFault.MultiprotocolOverrun) : default;
            }

            bool multiprotocol = type is AttributeType.MpReach or AttributeType.MpUnreach;
            if (!seen.Add(type))
            {
                error = multiprotocol ? new(BgpFault.DuplicateMultiprotocol) : default;
                Raise(BgpFault.DuplicateAttribute, type);
                continue;
            }

            Judge(AttributeRules.Check(attribute, context), type);
            reachable |= type == AttributeType.MpReach;
            error = multiprotocol ? ReadMultiprotocol(attribute, context) : default;
        }

        return error;
    }

    private DecodeError ReadMultiprotocol(PathAttribute attribute, scoped in UpdateContext context)
    {
        AfiSafi family;
        BgpFault fault = attribute.Type == AttributeType.MpReach
            ? MpReach.Read(attribute.Value, context, out family, out _reach)
            : MpUnreach.Read(attribute.Value, context, out family, out _unreach);
        if (fault.Grade() == ErrorGrade.SessionReset)
        {
            bool told = attribute.Value.Length >= AfiSafi.Length;
            return Worst(fault, told ? family : null, attribute.Type, attribute.Octets, context);
        }

        Judge(fault, attribute.Type);
        return default;
    }

    // Gives up the family where that is wanted and enough (RFC 7606 7.11), the session else: also for a second family.
    private DecodeError Worst(BgpFault fault, AfiSafi? family, AttributeType type, ReadOnlySpan<byte> data, scoped in UpdateContext context)
    {
        if (!context.DisableFamilies || family is null || DisabledFamily is not null)
        {
            return new(fault, fault == BgpFault.MultiprotocolNextHop ? data : default);
        }

        DisabledFamily = family;
        Raise(fault, ErrorGrade.DisableFamily, type);
        return default;
    }

    private void CheckMandatory(in AttributeTypeSet seen, scoped in UpdateContext context, bool ipv4, bool reachable)
    {
        if (!reachable)
        {
            return;
        }

        RaiseMissing(seen, AttributeType.Origin, BgpFault.MissingOrigin);
        RaiseMissing(seen, AttributeType.AsPath, BgpFault.MissingAsPath);
        if (ipv4)
        {
            RaiseMissing(seen, AttributeType.NextHop, BgpFault.MissingNextHop);
        }

        if (context.Internal)
        {
            RaiseMissing(seen, AttributeType.LocalPref, BgpFault.MissingLocalPref);
        }
    }

    // RFC 7606 5.2: attributes that belong to no route, with an error among them, may hide routes that were not found.
    private readonly DecodeError CheckRoutesFound(ReadOnlySpan<byte> octets, bool reachable)
    {
        if (reachable || Grade < ErrorGrade.TreatAsWithdraw)
        {
            return default;
        }

        bool others = _attributes.Length != octets.Length;
        foreach (PathAttribute attribute in new AttributeEnumerator(_attributes, default))
        {
            others |= attribute.Type != AttributeType.MpUnreach;
        }

        return others ? new(BgpFault.ErrorWithoutRoutes) : default;
    }

    private readonly AfiSafi? FindEndOfRib(ReadOnlySpan<byte> octets, scoped in UpdateContext context)
    {
        if (octets.IsEmpty)
        {
            return context.IPv4Unicast ? AfiSafi.IPv4Unicast : null;
        }

        SpanReader reader = new(octets);
        return PathAttribute.TryRead(ref reader, out _, out _)
            && reader.Remaining == 0
            && _unreach.Family.IsSupported
            && _unreach.Routes.IsEmpty
                ? _unreach.Family
                : null;
    }

    private void Judge(BgpFault fault, AttributeType type)
    {
        Raise(fault, type);
        if (fault.Grade() == ErrorGrade.AttributeDiscard)
        {
            _ = _discarded.Add(type);
        }
    }

    private void RaiseMissing(in AttributeTypeSet seen, AttributeType type, BgpFault fault)
    {
        if (!seen.Contains(type))
        {
            Raise(fault, type);
        }
    }

    private void Raise(BgpFault fault, AttributeType type) => Raise(fault, fault.Grade(), type);

    private void Raise(BgpFault fault, ErrorGrade grade, AttributeType type)
    {
        if (grade > Grade)
        {
            Grade = grade;
            Fault = fault;
            FaultAttribute = type;
        }
    }
}
