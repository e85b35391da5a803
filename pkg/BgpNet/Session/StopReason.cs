// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Session;

/// <summary>Why we end a session in order; each has its Cease subcode (RFC 4486).</summary>
public enum StopReason : byte
{
    /// <summary>
    /// The process ends and will be back: where graceful restart was agreed on, the connection closes without a word and the
    /// peer keeps our routes; else as <see cref="Shutdown"/>.
    /// </summary>
    Restart = 0,

    /// <summary>6/2, with the operator's text.</summary>
    Shutdown = 2,

    /// <summary>6/3.</summary>
    Deconfigured = 3,

    /// <summary>6/4, with the operator's text.</summary>
    Reset = 4,

    /// <summary>6/6.</summary>
    ConfigurationChange = 6,

    /// <summary>6/8.</summary>
    OutOfResources = 8,
}
