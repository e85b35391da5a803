// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Nftables;
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Forwarding;

/// <summary>What was made of a virtual server, and of what it was made; other virtual servers have no part in it.</summary>
/// <param name="Server">The virtual server.</param>
/// <param name="Health">Of its servers, in their order.</param>
/// <param name="HasQuorum">Whether it had its quorum.</param>
/// <param name="Segments">Where interfaces were; none for what does not ask.</param>
internal sealed record CompiledServer(VirtualServer Server, ImmutableArray<ServerHealth> Health, bool HasQuorum, Segments Segments)
{
    /// <summary>What it is not given of what it asks for, at all of its addresses.</summary>
    public ImmutableArray<string> Problems { get; init; } = [];

    public ImmutableArray<CompiledFrontend> Frontends { get; init; } = [];
}

/// <summary>One of its addresses.</summary>
/// <param name="Key">What clients connect to.</param>
/// <param name="Service">What is forwarded; null when nothing can be.</param>
/// <param name="Problems">What it is not given there.</param>
/// <param name="Failed">Endpoints whose server has failed and does not drain.</param>
internal sealed record CompiledFrontend(ServiceKey Key, ForwardService? Service, ImmutableArray<string> Problems, ImmutableArray<ForwardTarget> Failed);
