// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Rib;

/// <summary>Peers with the same policy are offered the same routes. Policies stay; one without peers costs next to nothing and may be used again.</summary>
public readonly record struct PolicyId
{
    internal PolicyId(int index) => Index = index;

    internal int Index { get; }
}
