// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using LoadBalancer.Linux;
using LoadBalancer.Linux.Nftables;
using LoadBalancer.Nftables;

namespace LoadBalancer.Vipd.Forwarding;

/// <summary>The kernel of the network namespace it was opened in.</summary>
internal sealed class ForwardKernel : IForwardKernel
{
    private readonly NftSession _session;
    private readonly ConnectionTable _connections;
    private readonly NftCounters _counters;

    private ForwardKernel(NftSession session, ConnectionTable connections, NftCounters counters)
    {
        (_session, _connections, _counters) = (session, connections, counters);
        Missing = NftFeatures.FindMissing(session);
    }

    /// <inheritdoc/>
    public ImmutableArray<(NftFeature Feature, string Remedy)> Missing { get; }

    /// <summary>Opens it; false, with what to do, where it cannot be.</summary>
    public static bool TryOpen([NotNullWhen(true)] out IForwardKernel? kernel, out string reason)
    {
        kernel = null;
        if (!NftSession.TryOpen(out NftSession? session, out reason))
        {
            return false;
        }

        ConnectionTable? connections = null;
        NftCounters? counters = null;
        try
        {
            connections = new();
            counters = new();
            kernel = new ForwardKernel(session, connections, counters);
            return true;
        }
        catch (LinuxException fault)
        {
            counters?.Dispose();
            connections?.Dispose();
            session.Dispose();
            reason = fault.Message;
            return false;
        }
    }

    /// <inheritdoc/>
    public NftResult Run(string commands) => _session.Run(commands);

    /// <inheritdoc/>
    public ImmutableDictionary<string, CounterValue>? ReadCounters(string table)
    {
        try
        {
            return _counters.Read(table).ToImmutableDictionary(static c => c.Key, static c => new CounterValue(c.Value.Packets, c.Value.Octets), StringComparer.Ordinal);
        }
        catch (LinuxException)
        {
            // No table, no feature, no right: its next change says which.
            return null;
        }
    }

    /// <inheritdoc/>
    public int Cut(IReadOnlyCollection<TranslatedConnections> wanted) => _connections.Cut(wanted);

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
        _counters.Dispose();
    }
}
