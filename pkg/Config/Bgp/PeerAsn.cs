// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;

namespace LoadBalancer.Config.Bgp;

/// <summary>Which AS a peer may be in: one number, or whichever it says as long as that is ours, or is not.</summary>
public readonly record struct PeerAsn
{
    private PeerAsn(PeerAsnKind kind, uint number) => (Kind, Number) = (kind, number);

    /// <summary>Any AS but ours (dynamicASN: external).</summary>
    public static PeerAsn External => new(PeerAsnKind.External, 0);

    /// <summary>Our AS (dynamicASN: internal).</summary>
    public static PeerAsn Internal => new(PeerAsnKind.Internal, 0);

    /// <summary>How the AS is given.</summary>
    public PeerAsnKind Kind { get; }

    /// <summary>The AS number; 0 unless <see cref="Kind"/> is <see cref="PeerAsnKind.Number"/>.</summary>
    public uint Number { get; }

    /// <summary>One AS.</summary>
    /// <param name="number">1 to 4294967295.</param>
    public static PeerAsn Of(uint number) => new(PeerAsnKind.Number, number);

    /// <summary>Whether a session with the peer is internal, from the view of the AS number shown to it.</summary>
    public bool IsInternal(uint myAsn) => Kind == PeerAsnKind.Internal || (Kind == PeerAsnKind.Number && Number == myAsn);

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        PeerAsnKind.Number => Number.ToString(CultureInfo.InvariantCulture),
        PeerAsnKind.Internal => "internal",
        PeerAsnKind.External => "external",
        _ => throw new UnreachableException(),
    };
}

/// <summary>How the AS of a peer is given.</summary>
public enum PeerAsnKind
{
    /// <summary>A number.</summary>
    Number,

    /// <summary>Ours, whichever that is.</summary>
    Internal,

    /// <summary>Any other than ours.</summary>
    External,
}
