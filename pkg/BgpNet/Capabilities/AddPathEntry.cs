// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Capabilities;

/// <summary>What a speaker does with several paths for the prefixes of one family.</summary>
public readonly record struct AddPathEntry(AfiSafi Family, AddPathMode Mode);
