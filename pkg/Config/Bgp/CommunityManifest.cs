// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Config.Bgp;

/// <summary>A Community as read from the API, not yet validated.</summary>
public sealed record CommunityManifest(
    string Namespace, string Name, long Generation, long CreatedAt, IReadOnlyList<CommunityAliasManifest> Communities) : IObjectManifest;

/// <summary>One name and the community it stands for.</summary>
public sealed record CommunityAliasManifest(string Name, string Value);
