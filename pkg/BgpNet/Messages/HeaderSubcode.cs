// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Messages;

/// <summary>Subcodes of a message header error (RFC 4271 6.1).</summary>
public enum HeaderSubcode : byte
{
    /// <summary>The marker is not all ones.</summary>
    NotSynchronized = 1,

    /// <summary>The length is out of bounds; data: the length field.</summary>
    BadLength = 2,

    /// <summary>The type is unknown; data: the type.</summary>
    BadType = 3,
}
