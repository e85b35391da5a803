// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.ApiServer.Rbac;

namespace LoadBalancer.ApiServer.Faults;

/// <summary>The faults in force; the first that fits a request is used up by it.</summary>
public sealed class FaultInjector : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<(Fault Fault, int Left)> _faults = [];
    private CancellationTokenSource _released = new();

    public void Dispose() => _released.Dispose();

    public void Add(Fault fault)
    {
        lock (_gate)
            _faults.Add((fault, fault.Count ?? int.MaxValue));
    }

    /// <summary>Ends all faults; requests that hang are let go with an aborted connection.</summary>
    public void Clear()
    {
        CancellationTokenSource old;
        lock (_gate)
        {
            _faults.Clear();
            (old, _released) = (_released, new CancellationTokenSource());
        }

        old.Cancel();
    }

    public (Fault Fault, CancellationToken Released)? Take(AccessRequest request, string user)
    {
        lock (_gate)
        {
            for (var i = 0; i < _faults.Count; i++)
            {
                var (fault, left) = _faults[i];
                if ((fault.Verb is not null && fault.Verb != request.Verb)
                    || (fault.Resource is not null && fault.Resource != request.FullResource)
                    || (fault.User is not null && fault.User != user))
                    continue;
                if (left == 1)
                    _faults.RemoveAt(i);
                else if (fault.Count is not null)
                    _faults[i] = (fault, left - 1);
                return (fault, _released.Token);
            }
        }

        return null;
    }
}
