// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Session;

/// <summary>What a session asks of its driver.</summary>
public enum SessionCommandKind : byte
{
    /// <summary>Dial; answer with Connected or ConnectFailed for the connection.</summary>
    Connect = 1,

    /// <summary>Close the connection, or give up dialling it, as <see cref="SessionCommand.Mode"/> says; no answer is wanted.</summary>
    Close = 2,

    /// <summary>Step with Timer at <see cref="SessionCommand.Deadline"/>; replaces the deadline asked before. Never: none.</summary>
    ArmTimer = 3,
}
