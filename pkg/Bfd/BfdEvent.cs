// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Bfd;

/// <summary>One input of a session; lives no longer than the octets it shows.</summary>
public readonly ref struct BfdEvent
{
    private BfdEvent(BfdEventKind kind) => Kind = kind;

    /// <summary>What happened.</summary>
    public BfdEventKind Kind { get; }

    internal BfdPacket Packet { get; private init; }

    internal ReadOnlySpan<byte> Datagram { get; private init; }

    internal byte HopLimit { get; private init; }

    internal BfdDiagnostic Diagnostic { get; private init; }

    internal BfdParameters? Parameters { get; private init; }

    /// <summary>The time moved on. Early, late or twice is harmless.</summary>
    public static BfdEvent Timer => new(BfdEventKind.Timer);

    /// <summary>Start; no matter if it runs.</summary>
    public static BfdEvent Enable => new(BfdEventKind.Enable);

    /// <summary>
    /// A packet that <see cref="BfdPacket.TryRead"/> took and that <see cref="BfdDemultiplexer.TryFind"/> gave to this
    /// session, the datagram it was read from, and the TTL or hop limit it arrived with.
    /// </summary>
    public static BfdEvent Received(scoped in BfdPacket packet, ReadOnlySpan<byte> datagram, byte hopLimit) =>
        new(BfdEventKind.Received) { Packet = packet, Datagram = datagram, HopLimit = hopLimit };

    /// <summary>Hold the session down: the peer is told AdminDown and keeps what relies on the path.</summary>
    public static BfdEvent Disable(BfdDiagnostic diagnostic = BfdDiagnostic.AdministrativelyDown) =>
        new(BfdEventKind.Disable) { Diagnostic = diagnostic };

    /// <summary>The interface went down, or the route did; the session comes up again by itself once packets pass.</summary>
    public static BfdEvent PathDown => new(BfdEventKind.PathDown);

    /// <summary>Replaces the configuration; what the peer must know first is asked of it by a poll.</summary>
    /// <exception cref="ArgumentException">The parameters have errors.</exception>
    public static BfdEvent Configure(BfdParameters parameters)
    {
        BfdSession.Require(parameters);
        return new(BfdEventKind.Configure) { Parameters = parameters };
    }
}
