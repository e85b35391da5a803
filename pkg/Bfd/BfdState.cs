// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Bfd;

/// <summary>State of a session as the wire has it (RFC 5880 4.1, field Sta).</summary>
public enum BfdState : byte
{
    /// <summary>Held down by an operator; says nothing about the path.</summary>
    AdminDown = 0,

    /// <summary>The peer is not heard, or just said that it does not hear us.</summary>
    Down = 1,

    /// <summary>The peer is heard and is Down itself: it has not heard us yet.</summary>
    Init = 2,

    /// <summary>Both hear each other.</summary>
    Up = 3,
}
