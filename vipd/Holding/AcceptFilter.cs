// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Nftables;
using LoadBalancer.Nftables;
using LoadBalancer.VipConfig;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd.Holding;

/// <summary>
/// Keeps packets to addresses that are not accepted from this host, by a table of our own. A change is one transaction, made before
/// an address can be held, so that no takeover waits for it. Somebody who reloads the host's firewall takes the table away: it is
/// looked after. For any thread; never one of heartbeats, since a transaction takes milliseconds.
/// </summary>
internal sealed class AcceptFilter(Func<string, NftResult> run, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    private readonly AcceptTable _table = new();
    private readonly Lock _gate = new();
    private AcceptPlan _wanted = AcceptPlan.Empty;
    private AcceptPlan? _inForce;
    private volatile string _problem = "";
    private bool _isSwept;

    /// <summary>Why addresses take packets although they are not to; empty when none does.</summary>
    public string Problem => _problem;

    /// <summary>Runs a transaction in a session of its own: changes are rare, and a session is not small.</summary>
    public static NftResult RunOnce(string commands)
    {
        if (!NftSession.TryOpen(out NftSession? session, out string reason))
        {
            return new(false, "", reason);
        }

        using (session)
        {
            return session.Run(commands);
        }
    }

    /// <summary>Refuses what a configuration does not accept, before anything of it is held. What goes with it goes at the next look.</summary>
    public void Apply(VipConfiguration configuration)
    {
        lock (_gate)
        {
            AcceptPlan meanwhile = AcceptPlan.Between(_inForce ?? AcceptPlan.Empty, configuration);
            _wanted = AcceptPlan.Of(configuration);
            // A table of a former life that nobody wants is no haste: the addresses come first.
            if (_isSwept || meanwhile.Refused.Count > 0)
            {
                Bring(meanwhile);
            }
        }
    }

    /// <summary>Looks after the table until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // Whoever starts it does not wait for the kernel.
        await Task.Yield();
        Look();
        using PeriodicTimer timer = new(LookEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                Look();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The daemon ends.
        }
    }

    /// <summary>Brings the table to what is configured, also where somebody else has changed it.</summary>
    public void Look()
    {
        lock (_gate)
        {
            if (_inForce is { Refused.Count: > 0 } && !run(_table.Look()).IsDone)
            {
                Log.AcceptTableGone(logger, _table.Name);
                _inForce = null;
            }

            Bring(_wanted);
        }
    }

    /// <summary>Takes the table away, once nothing is held any more.</summary>
    public void Remove()
    {
        lock (_gate)
        {
            _wanted = AcceptPlan.Empty;
            Bring(AcceptPlan.Empty);
        }
    }

    private void Bring(AcceptPlan plan)
    {
        bool isWanted = plan.Refused.Count > 0;
        string text = _inForce switch
        {
            { Refused.Count: 0 } when !isWanted => "",
            { Refused.Count: > 0 } before when isWanted => _table.Change(before.Refused, before.Translates, plan.Refused, plan.Translates),
            _ => isWanted ? _table.Create(plan.Refused, plan.Translates) : _table.Delete(),
        };
        NftResult result = text.Length == 0 ? new(true, "", "") : run(text);
        // Where nothing can be done at all, there is nothing to be swept either.
        _inForce = result.IsDone || (!isWanted && !_isSwept) ? plan : null;
        _isSwept = true;
        // Where nothing is to be refused, and nothing can be, nothing is wrong.
        string problem = result.IsDone || !isWanted ? "" : $"accept is false, and packets to {plan.Refused.Count} addresses reach this host all the same: {result.Error}";
        if (problem.Length > 0 && problem != _problem)
        {
            Log.AcceptFailed(logger, problem);
        }

        _problem = problem;
    }
}
