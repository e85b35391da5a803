// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Negotiation;

namespace LoadBalancer.BgpNet.Session;

/// <summary>The sentences that an operator reads: object, field, remedy.</summary>
internal static class EndText
{
    public static string Name(MessageType type) => type switch
    {
        MessageType.Open => "OPEN",
        MessageType.Update => "UPDATE",
        MessageType.Notification => "NOTIFICATION",
        MessageType.Keepalive => "KEEPALIVE",
        MessageType.RouteRefresh => "ROUTE-REFRESH",
        _ => throw new UnreachableException(),
    };

    public static string Closed(SessionOptions options, SessionState state, string why) => state switch
    {
        SessionState.OpenSent => $"{options.Name}: the router closed the connection in OpenSent, before its OPEN: {why}; "
            + "check that it has this node's address and AS as a neighbour, and no other session with this address",
        SessionState.OpenConfirm => $"{options.Name}: the connection closed in OpenConfirm: {why}; check the router's log for what it did not accept",
        SessionState.Established => $"{options.Name}: the connection closed: {why}; check that the router runs and that the path to it is sound",
        SessionState.Idle or SessionState.Connect or SessionState.Active => $"{options.Name}: the connection closed before an OPEN: {why}",
        _ => throw new UnreachableException(),
    };

    public static string NotAnswered(SessionOptions options, TimeSpan waited) =>
        $"{options.Name}: the router did not answer within {waited.TotalSeconds:0.#} s; check the route to it, "
            + "firewalls, and that the TCP password is the same on both sides";

    public static string HoldExpired(SessionOptions options, Connection connection) => connection.Negotiated is { } negotiated
        ? $"{options.Name}: nothing came from the router for the hold time of {negotiated.HoldSeconds} s; check that it runs and that the path to it is sound"
        : $"{options.Name}: the router took the connection but sent no OPEN within {options.OpenTimeout.TotalSeconds:0.#} s; "
            + "check that BGP runs there and that it has this node as a neighbour";

    public static string Malformed(SessionOptions options, BgpFault fault) =>
        $"{options.Name}: the router sent a message that breaks the protocol ({fault}); its software, or something between that changes the stream, is faulty";

    public static string Stopped(SessionOptions options, StopReason reason, string? text) => reason switch
    {
        StopReason.Restart => $"{options.Name}: ended for a restart of this side",
        StopReason.Shutdown => $"{options.Name}: shut down on this side{Said(text)}",
        StopReason.Deconfigured => $"{options.Name}: removed from the configuration",
        StopReason.Reset => $"{options.Name}: reset on this side{Said(text)}",
        StopReason.ConfigurationChange => $"{options.Name}: opened anew for a change of the configuration",
        StopReason.OutOfResources => $"{options.Name}: ended for want of memory on this side; raise the memory limit",
        _ => throw new UnreachableException(),
    };

    public static string Received(SessionOptions options, NotificationMessage notification)
    {
        NotificationMessage reason = notification.TryUnwrapHardReset(out NotificationMessage wrapped) ? wrapped : notification;
        string text = $"{options.Name}: the router ended the session: {notification.Describe()}";
        return reason.Code switch
        {
            NotificationCode.OpenMessage => text + AfterOpenError(options, (OpenSubcode)reason.Subcode),
            NotificationCode.Cease => text + AfterCease((CeaseSubcode)reason.Subcode),
            NotificationCode.HoldTimerExpired => text + "; it heard nothing from this node: check the path, and this node's load",
            NotificationCode.MessageHeader or NotificationCode.UpdateMessage or NotificationCode.FiniteStateMachine
                or NotificationCode.RouteRefresh or NotificationCode.SendHoldTimerExpired or _ => text,
        };
    }

    /// <summary>Why the peer's OPEN is refused; the message is empty when it could not be read.</summary>
    public static string Refused(SessionOptions options, BgpFault fault, OpenMessage open, ReadOnlySpan<byte> body) => $"{options.Name}: "
        + (fault == BgpFault.Version ? $"the router speaks BGP version {(body.IsEmpty ? 0 : body[0])}, not 4; nothing here can be set for that"
        : fault == BgpFault.PeerAs ? WrongAs(options, open)
        : fault == BgpFault.Identifier && open.Identifier == 0 ? "the router's BGP identifier is 0.0.0.0; set its router-id"
        : fault == BgpFault.Identifier ? "the router has this node's BGP identifier; set another routerID here, or another router-id there"
        : fault == BgpFault.HoldTime ? $"the router proposes a hold time of {open.HoldSeconds} s, at least "
            + $"{Math.Max((ushort)3, options.Rules.MinHoldSeconds)} s are wanted; raise it there"
        : fault == BgpFault.CapabilityMissing ? $"the router exchanges none of the families wanted here ({string.Join(", ", options.Open.Families)}); "
            + "activate one of them for this neighbour there, or change the families here"
        : fault == BgpFault.RoleMismatch ? $"the router's BGP role does not go with ours, {options.Open.Role}; set the roles of the two sides to fit (RFC 9234)"
        : $"the router's OPEN is malformed ({fault}); its software, or something between that changes the stream, is faulty");

    private static string WrongAs(SessionOptions options, OpenMessage open)
    {
        _ = PeerCapabilities.TryRead(open, out PeerCapabilities peer, out _);
        uint said = peer.FourOctetAs ?? open.TwoOctetAs;
        return options.Rules.AsKind switch
        {
            PeerAsKind.Exactly => $"the router is of AS {said}, peerASN says {options.Rules.Asn}; correct peerASN, or the router's AS",
            PeerAsKind.Internal => $"the router is of AS {said}, an internal peer must be of this side's AS, {options.Open.Asn}; correct dynamicASN, or an AS",
            PeerAsKind.External => $"the router is of AS {said}, an external peer must not be of this side's AS, {options.Open.Asn}; correct dynamicASN, or an AS",
            _ => throw new UnreachableException(),
        };
    }

    private static string AfterOpenError(SessionOptions options, OpenSubcode subcode) => subcode switch
    {
        OpenSubcode.BadPeerAs => $"; it expects another AS than {options.Open.Asn}: correct myASN, or its remote AS for this node",
        OpenSubcode.BadIdentifier => "; it has the same router-id, or does not take this one: set another routerID",
        OpenSubcode.UnacceptableHoldTime => $"; it does not take a hold time of {options.Open.HoldSeconds} s: raise holdTime",
        OpenSubcode.UnsupportedCapability => "; it misses a family: activate on both sides the ones that are exchanged",
        OpenSubcode.RoleMismatch => "; the roles of the two sides do not fit: correct one of them",
        OpenSubcode.UnsupportedVersion or OpenSubcode.Unspecific or OpenSubcode.UnsupportedParameter or _ => "",
    };

    private static string AfterCease(CeaseSubcode subcode) => subcode switch
    {
        CeaseSubcode.MaxPrefixes => "; it takes no more prefixes from this node: announce fewer, or raise its limit",
        CeaseSubcode.AdministrativeShutdown => "; its operator shut it down: enable the neighbour there",
        CeaseSubcode.PeerDeconfigured => "; this node is no longer among its neighbours: configure it there, or remove the peer here",
        CeaseSubcode.ConnectionRejected => "; check that this node's address is among its neighbours, and enabled",
        CeaseSubcode.OutOfResources => "; look at its memory",
        CeaseSubcode.Unspecified or CeaseSubcode.AdministrativeReset or CeaseSubcode.OtherConfigurationChange
            or CeaseSubcode.CollisionResolution or CeaseSubcode.HardReset or CeaseSubcode.BfdDown or _ => "",
    };

    private static string Said(string? text) => string.IsNullOrEmpty(text) ? "" : $": {text}";
}
