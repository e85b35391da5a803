// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Config.Bgp;

/// <summary>The aliases of one accepted Community object, in order of name.</summary>
internal sealed record CommunityBook(string Namespace, string Name, IReadOnlyList<KeyValuePair<string, BgpCommunity>> Aliases) : INamedObject;
