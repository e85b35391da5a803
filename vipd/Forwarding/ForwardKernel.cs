// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using LoadBalancer.Linux;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Linux.Nftables;

namespace LoadBalancer.Vipd.Forwarding;

/// <summary>The kernel of the network namespace it was opened in.</summary>
internal sealed class ForwardKernel : IForwardKernel
{
    private readonly NftSession _session;
    private readonly ConnectionTable _connections;
    private readonly KernelNetwork _network;

    private ForwardKernel(NftSession session, ConnectionTable connections, KernelNetwork network)
    {
        (_session, _connections, _network) = (session, connections, network);
        Missing = NftFeatures.FindMissing(session);
    }

    /// <inheritdoc/>
    public ImmutableArray<(NftFeature Feature, string Remedy)> Missing { get; }

    /// <summary>Opens it; false, with what to do, where it cannot be.</summary>
    public static bool TryOpen([NotNullWhen(true)] out IForwardKernel? kernel, out string reason)
    {
        kernel = null;
#pragma warning disable CA2000 // the kernel that is returned owns both
        if (!NftSession.TryOpen(out NftSession? session, out reason))
        {
            return false;
        }

        ConnectionTable? connections = null;
        KernelNetwork? network = null;
        try
        {
            connections = new();
            network = new();
#pragma warning restore CA2000
            kernel = new ForwardKernel(session, connections, network);
            return true;
        }
        catch (LinuxException fault)
        {
            network?.Dispose();
            connections?.Dispose();
            session.Dispose();
            reason = fault.Message;
            return false;
        }
    }

    /// <inheritdoc/>
    public NftResult Run(string commands, bool json) => _session.Run(commands, json);

    /// <inheritdoc/>
    public int Cut(IReadOnlyCollection<TranslatedConnections> wanted) => _connections.Cut(wanted);

    /// <inheritdoc/>
    public ImmutableArray<LinkInfo> Links()
    {
        ILookup<int, AddressInfo> addresses = _network.ListAddresses().ToLookup(static address => address.InterfaceIndex);
        return [.. _network.ListLinks().Select(link => link with { Addresses = [.. addresses[link.Index]] })];
    }

    /// <inheritdoc/>
    public string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _connections.Dispose();
        _network.Dispose();
    }
}
