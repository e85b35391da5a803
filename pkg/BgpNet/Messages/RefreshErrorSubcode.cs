// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Messages;

/// <summary>Subcodes of a ROUTE-REFRESH error (RFC 7313 5).</summary>
public enum RefreshErrorSubcode : byte
{
    /// <summary>A marker of the wrong length; data: the whole message.</summary>
    InvalidLength = 1,
}
