// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Lab.Routers;

/// <summary>The programs we meet.</summary>
public enum RouterKind
{
    /// <summary>FRR 8.4.</summary>
    Frr,

    /// <summary>BIRD 2.0.12.</summary>
    Bird,

    /// <summary>GoBGP 3.10.</summary>
    GoBgp,

    /// <summary>OpenBGPD 7.7.</summary>
    OpenBgpd,

    /// <summary>ExaBGP 4.2.</summary>
    ExaBgp,
}
