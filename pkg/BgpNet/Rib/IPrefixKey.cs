// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Rib;

/// <summary>The address of a prefix in the fewest octets that its family needs.</summary>
internal interface IPrefixKey<TSelf> : IEquatable<TSelf>
    where TSelf : unmanaged, IPrefixKey<TSelf>
{
    static abstract IpFamily Family { get; }

    /// <summary>Octets that <see cref="Write"/> writes, whether they count or not.</summary>
    static abstract int Written { get; }

    static abstract TSelf From(IpAddr address);

    IpAddr Address { get; }

    /// <summary>A number that tells keys of a length apart well enough once it is mixed, one more for the next prefix.</summary>
    ulong Number(byte bits);

    /// <summary>Writes bits and address as they stand in an UPDATE (RFC 4271 4.3).</summary>
    void Write(Span<byte> room, byte bits);
}
