// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Linux.Nftables;
using LoadBalancer.Nftables;

namespace LoadBalancer.Vipd.Forwarding;

/// <summary>The table of direct routing in the kernel, and what it was brought to last: as <see cref="KernelTable"/>, for services nothing of which is translated.</summary>
internal sealed class KernelDirectTable(IForwardKernel kernel)
{
    private readonly DirectTable _table = new();
    private ImmutableArray<ForwardService>? _current;
    private ImmutableArray<string> _links = [];
    private bool _isFirst = true;

    /// <summary>What counters showed last.</summary>
    public ImmutableDictionary<string, CounterValue> Counters { get; private set; } = ImmutableDictionary<string, CounterValue>.Empty;

    /// <summary>Changes made.</summary>
    public long Transactions { get; private set; }

    /// <summary>Why the table is not as it is to be; empty when it is.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>Brings the table to these services, at these interfaces; false when it is not, for the reason in <see cref="Problem"/>.</summary>
    public bool Bring(ImmutableArray<ForwardService> services, ImmutableArray<string> links)
    {
        Problem = "";
        if (_isFirst)
        {
            // What a former life left is there to be replaced, and what it counted goes on.
            _isFirst = false;
            bool isLeft = TryRead();
            _current = isLeft || !services.IsEmpty ? null : [];
        }

        bool isThere = TryChange(services, links) || Run(services.IsEmpty ? _table.Delete() : _table.Create(links, services, Counters));
        _current = isThere ? services : null;
        _links = links;
        return isThere;
    }

    /// <summary>Reads the counters; false when the table is not as it was left.</summary>
    public bool Read() => _current is not { IsEmpty: false } services || (TryRead() && services.All(service => Counters.ContainsKey(ForwardTable.ConnectionsOf(service.Key))));

    /// <summary>What is there is not known any more: the next change replaces all of it. Where nothing is to be nothing is asked.</summary>
    public void Forget() => _current = _current is { IsEmpty: true } ? _current : null;

    /// <summary>Takes the table away, where there is one.</summary>
    public bool Remove() => _current is { IsEmpty: true } || Run(_table.Delete());

    // False when it has to be replaced as a whole. A table without services goes: nothing of a connection hangs on it.
    private bool TryChange(ImmutableArray<ForwardService> services, ImmutableArray<string> links)
    {
        if (_current is not { } current || current.IsEmpty != services.IsEmpty)
        {
            return false;
        }

        return services.IsEmpty || _table.Change(_links, current, links, services) is not { Length: > 0 } text || Run(text);
    }

    private bool TryRead()
    {
        NftResult listed = kernel.Run(_table.ListCounters(), json: true);
        if (!listed.IsDone || !CounterReader.TryRead([listed.Output], out ImmutableDictionary<string, CounterValue> read))
        {
            return false;
        }

        Counters = read;
        return true;
    }

    private bool Run(string text)
    {
        NftResult result = kernel.Run(text, json: false);
        Problem = result.Error;
        Transactions += result.IsDone ? 1 : 0;
        return result.IsDone;
    }
}
