// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Layer2;

/// <summary>Why an interface announces nothing.</summary>
public enum InterfaceVerdict : byte
{
    /// <summary>It may announce.</summary>
    Eligible = 0,

    /// <summary>It is loopback.</summary>
    Loopback = 1,

    /// <summary>It is administratively down.</summary>
    Down = 2,

    /// <summary>It has no carrier.</summary>
    NotRunning = 3,

    /// <summary>It cannot broadcast.</summary>
    NoBroadcast = 4,

    /// <summary>It does not speak ARP.</summary>
    NoArp = 5,

    /// <summary>It is a port of a bridge, bond or VRF; the master announces.</summary>
    HasMaster = 6,

    /// <summary>Its name matches an exclusion.</summary>
    ExcludedByName = 7,

    /// <summary>It has no unicast hardware address.</summary>
    NoHardwareAddress = 8,
}
