// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Linux.Nftables;

namespace LoadBalancer.Vipd.Forwarding;

/// <summary>What forwarding asks of the kernel. For one thread at a time; calls take milliseconds.</summary>
internal interface IForwardKernel : IDisposable
{
    /// <summary>What the kernel lacks, and what to do.</summary>
    ImmutableArray<(NftFeature Feature, string Remedy)> Missing { get; }

    /// <summary>Runs one transaction in the language of nft(8).</summary>
    NftResult Run(string commands, bool json);

    /// <summary>Takes connections out of the kernel's table; returns how many were there.</summary>
    /// <exception cref="Linux.LinuxException">The table cannot be read or written.</exception>
    int Cut(IReadOnlyCollection<TranslatedConnections> wanted);

    /// <summary>This node's interfaces with their addresses.</summary>
    /// <exception cref="Linux.LinuxException">The kernel does not list them.</exception>
    ImmutableArray<LinkInfo> Links();

    /// <summary>What a file of /proc says; null where there is none.</summary>
    string? Read(string path);
}
