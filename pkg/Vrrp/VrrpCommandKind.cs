// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp;

/// <summary>What an instance asks for, sending apart.</summary>
public enum VrrpCommandKind : byte
{
    /// <summary>Hold the addresses, routes and rules, and answer for them. Said again, it means: as they now are.</summary>
    Hold = 0,

    /// <summary>Hold none of them, left-overs of an earlier life included.</summary>
    LetGo = 1,

    /// <summary>Send gratuitous ARP or unsolicited neighbour advertisements for every address, so many times.</summary>
    Announce = 2,
}
