// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Capabilities;

/// <summary>What a speaker does with several paths for a prefix (RFC 7911 4).</summary>
[Flags]
public enum AddPathMode : byte
{
    /// <summary>Neither; not on the wire.</summary>
    None = 0,

    /// <summary>Able to receive them.</summary>
    Receive = 1,

    /// <summary>Able to send them.</summary>
    Send = 2,

    /// <summary>Both.</summary>
    Both = 3,
}
