// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Bfd;

/// <summary>What moves a session's state, and why it moved.</summary>
public enum BfdCause : byte
{
    /// <summary>The peer's packet says AdminDown: an operator's wish, no failure of the path.</summary>
    PeerAdminDown = 0,

    /// <summary>The peer's packet says Down.</summary>
    PeerDown = 1,

    /// <summary>The peer's packet says Init.</summary>
    PeerInit = 2,

    /// <summary>The peer's packet says Up.</summary>
    PeerUp = 3,

    /// <summary>Nothing was received for the detection time.</summary>
    DetectionTimeExpired = 4,

    /// <summary>Something other than BFD reported the path down, such as the interface.</summary>
    PathDown = 5,

    /// <summary>We took the session down.</summary>
    Disabled = 6,

    /// <summary>We started the session.</summary>
    Enabled = 7,
}
