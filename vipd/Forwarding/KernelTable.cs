// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Linux;
using LoadBalancer.Linux.Nftables;
using LoadBalancer.Nftables;

namespace LoadBalancer.Vipd.Forwarding;

/// <summary>
/// Our tables in the kernel and what they were brought to last. Every change of one is one transaction of what differs; where what is there
/// is not known, at start or after somebody else meddled, one transaction puts the whole in its place, with the counters as they
/// were.
/// </summary>
internal sealed class KernelTable(IForwardKernel kernel)
{
    private readonly ForwardTable _table = new();
    private readonly KernelDirectTable _direct = new(kernel);
    private ImmutableArray<ForwardService>? _current;
    private bool _isFirst = true;
    private bool _isThere;
    private long _transactions;
    private ImmutableDictionary<string, CounterValue> _translated = ImmutableDictionary<string, CounterValue>.Empty;

    /// <summary>What counters showed last.</summary>
    public ImmutableDictionary<string, CounterValue> Counters => _direct.Counters.IsEmpty ? _translated : _translated.SetItems(_direct.Counters);

    /// <summary>Changes made.</summary>
    public long Transactions => _transactions + _direct.Transactions;

    /// <summary>Connections cut.</summary>
    public long Cuts { get; private set; }

    /// <summary>Why the tables are not as they are to be; empty when they are.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>Brings the tables to the plan; false when one is not, for the reason in <see cref="Problem"/>.</summary>
    public bool Bring(ForwardingPlan plan)
    {
        bool isDirect = _direct.Bring([.. plan.Services.Where(IsDirect)], plan.Entrances);
        ImmutableArray<ForwardService> services = [.. plan.Services.Where(static service => !IsDirect(service))];
        ImmutableArray<ForwardService>? before = _current;
        if (!TryChange(services) && !Replace(services))
        {
            _current = null;
            return false;
        }

        Problem = _direct.Problem;
        Cut(before ?? [], services, plan.Failed);
        return isDirect;
    }

    /// <summary>
    /// Reads the counters; false when the table is not as it was left. Between two lists, each of which may take a tenth of a
    /// second with thousands of endpoints, there is room for what cannot wait.
    /// </summary>
    public async Task<bool> ReadAsync(Func<Task> between)
    {
        await between();
        if (!_direct.Read())
        {
            return false;
        }

        if (_current is not { IsEmpty: false } services)
        {
            return true;
        }

        List<string> lists = [];
        foreach (string text in _table.ListCounters())
        {
            await between();
            if (List(text) is not { } list)
            {
                return false;
            }

            lists.Add(list);
        }

        if (!CounterReader.TryRead(lists, out ImmutableDictionary<string, CounterValue> read))
        {
            return false;
        }

        // Services that came or went meanwhile may be there or not.
        bool isSame = _current == services;
        foreach (ForwardService service in services)
        {
            if (isSame && !read.ContainsKey(ForwardTable.ConnectionsOf(service.Key)))
            {
                return false;
            }
        }

        _translated = read;
        return true;
    }

    /// <summary>What is there is not known any more: the next change replaces all of it.</summary>
    public void Forget()
    {
        _current = null;
        _direct.Forget();
    }

    /// <summary>Takes the tables away. Where no other translates, the kernel translates no more then, and connections end.</summary>
    public bool Remove() => _direct.Remove() & Run(_table.Delete());

    private static bool IsDirect(ForwardService service) => service.Source == SourceAddressing.Direct;

    // False when it has to be replaced as a whole.
    private bool TryChange(ImmutableArray<ForwardService> services)
    {
        if (_current is not { } current || (!_isThere && !services.IsEmpty))
        {
            return false;
        }

        // A table that has lost its last service stays: with its chains the translation of what is established would go.
        string text = _table.Change(current, services);
        if (text.Length > 0 && !Run(text))
        {
            return false;
        }

        _current = services;
        return true;
    }

    private bool Replace(ImmutableArray<ForwardService> services)
    {
        if (_isFirst && ReadCounters() is { } left)
        {
            // What a former life counted goes on.
            _translated = left;
        }

        _isFirst = false;
        if (!Run(services.IsEmpty ? _table.Delete() : _table.Create(services, _translated)))
        {
            return false;
        }

        _current = services;
        _isThere = !services.IsEmpty;
        return true;
    }

    private bool Run(string text)
    {
        NftResult result = kernel.Run(text, json: false);
        Problem = result.Error;
        _transactions += result.IsDone ? 1 : 0;
        return result.IsDone;
    }

    private string? List(string text) => kernel.Run(text, json: true) is { IsDone: true } listed ? listed.Output : null;

    private ImmutableDictionary<string, CounterValue>? ReadCounters()
    {
        string?[] lists = [.. _table.ListCounters().Select(List)];
        return Array.IndexOf(lists, null) < 0 && CounterReader.TryRead(lists!, out ImmutableDictionary<string, CounterValue> counters) ? counters : null;
    }

    // Clients of a server that has failed hard would wait for it as long as they care to: what they send next finds another.
    // And a flow of datagrams that began before its service was there would go on past it.
    private void Cut(ImmutableArray<ForwardService> before, ImmutableArray<ForwardService> services, IReadOnlySet<ForwardTarget> failed)
    {
        Dictionary<ServiceKey, ForwardService> after = [];
        foreach (ForwardService service in services)
        {
            after.Add(service.Key, service);
        }

        List<TranslatedConnections> wanted = [];
        foreach (ForwardService service in before)
        {
            bool stays = after.Remove(service.Key, out _);
            foreach (ForwardEndpoint endpoint in service.Endpoints)
            {
                if (stays && failed.Contains(new(service.Key, endpoint.Address, endpoint.Port)))
                {
                    wanted.Add(new((byte)service.Key.Protocol, service.Key.Vip, service.Key.Port, endpoint.Address, endpoint.Port == 0 ? null : endpoint.Port));
                }
            }
        }

        foreach (ServiceKey key in after.Keys)
        {
            if (key.Protocol == TransportProtocol.Udp)
            {
                wanted.Add(new((byte)key.Protocol, key.Vip, key.Port, key.Vip, key.Port == 0 ? null : key.Port));
            }
        }

        try
        {
            Cuts += wanted.Count == 0 ? 0 : kernel.Cut(wanted);
        }
        catch (LinuxException fault)
        {
            Problem = $"connections of failed servers last until their clients give up: {fault.Message}";
        }
    }
}
