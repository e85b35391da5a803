// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Messages;

/// <summary>Subcodes of a state machine error (RFC 6608 3): the state in which the message came; data: its type.</summary>
public enum FsmSubcode : byte
{
    /// <summary>Not said.</summary>
    Unspecified = 0,

    /// <summary>In OpenSent.</summary>
    UnexpectedInOpenSent = 1,

    /// <summary>In OpenConfirm.</summary>
    UnexpectedInOpenConfirm = 2,

    /// <summary>In Established.</summary>
    UnexpectedInEstablished = 3,
}
