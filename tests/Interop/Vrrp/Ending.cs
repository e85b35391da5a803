// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Interop.Vrrp;

/// <summary>How a daemon ends, or seems to.</summary>
public enum Ending
{
    /// <summary>SIGTERM: it says farewell.</summary>
    Terminated,

    /// <summary>SIGKILL: its addresses stay where they are.</summary>
    Killed,

    /// <summary>Its link loses every frame, silently.</summary>
    Cut,
}
