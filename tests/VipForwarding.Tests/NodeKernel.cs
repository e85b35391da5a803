// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Linux.Nftables;
using LoadBalancer.Linux.Tests;
using LoadBalancer.Vipd.Forwarding;

namespace LoadBalancer.VipForwarding.Tests;

/// <summary>The node's kernel; counts what it is told, and reads files where the node is.</summary>
internal sealed class NodeKernel(IForwardKernel kernel, TestNamespace node) : IForwardKernel
{
    private int _transactions;

    /// <summary>Opens it where the node is.</summary>
    public static NodeKernel Open(TestNamespace node) =>
        new(node.Within(static () => ForwardKernel.TryOpen(out IForwardKernel? kernel, out string reason) ? kernel : throw new InvalidOperationException(reason)), node);

    public int Transactions => Volatile.Read(ref _transactions);

    public ImmutableArray<(NftFeature Feature, string Remedy)> Missing => kernel.Missing;

    public NftResult Run(string commands, bool json)
    {
        // The language finds interfaces by name where the caller is.
        NftResult result = node.Within(() => kernel.Run(commands, json));
        Assert.True(result.IsDone || json, result.Error + "\n" + commands);
        Interlocked.Add(ref _transactions, json ? 0 : 1);
        return result;
    }

    public int Cut(IReadOnlyCollection<TranslatedConnections> wanted) => kernel.Cut(wanted);

    public ImmutableArray<LinkInfo> Links() => kernel.Links();

    public string? Read(string path) => node.Within(() => kernel.Read(path));

    public void Dispose() => kernel.Dispose();
}
