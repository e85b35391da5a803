// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Bfd;

/// <summary>How packets are authenticated, as the wire has it (RFC 5880 4.1, field Auth Type).</summary>
public enum BfdAuthenticationType : byte
{
    /// <summary>A password in clear text: keeps strangers out by mistake, not by intent.</summary>
    SimplePassword = 1,

    /// <summary>MD5 over packet and key; a packet may be replayed until the contents change.</summary>
    KeyedMd5 = 2,

    /// <summary>MD5 over packet and key; every packet has a number of its own.</summary>
    MeticulousKeyedMd5 = 3,

    /// <summary>SHA1 over packet and key; a packet may be replayed until the contents change.</summary>
    KeyedSha1 = 4,

    /// <summary>SHA1 over packet and key; every packet has a number of its own.</summary>
    MeticulousKeyedSha1 = 5,
}
