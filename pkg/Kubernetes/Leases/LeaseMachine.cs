// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Primitives;

namespace LoadBalancer.Kubernetes.Leases;

/// <summary>
/// One contender of an election, without clock or connection. Safety rests on three things: leadership is counted from
/// before the write that won it was sent; a contender counts the lease from after it saw the last change; and every write
/// names the version it replaces. So a leader ends by Renew, which is shorter than the Lease that anybody else waits.
/// The identity must belong to this process alone.
/// </summary>
public sealed class LeaseMachine(string identity, LeaseOptions options, Random random)
{
    private const int MaxReleaseAttempts = 3;

    private LeaseRecord? _seen;
    private MonoTime _seenAt;
    private LeaseRequest _inFlight;
    private MonoTime _sentAt;
    private MonoTime _nextAt = new(long.MinValue);
    private bool _leading;
    private bool _stopping;
    private bool _mayHold;
    private int _releases;

    /// <summary>The instant leadership ends unless it is renewed; in the past for one who does not lead.</summary>
    public MonoTime LeadsUntil { get; private set; } = new(long.MinValue);

    public bool IsLeader(MonoTime now) => _leading && now < LeadsUntil;

    public LeaseStep Step(in LeaseInput input, MonoTime now)
    {
        var change = LeaseChange.None;
        if (_leading && now >= LeadsUntil) change = End(LeaseChange.Expired);
        switch (input.Kind)
        {
            case LeaseInputKind.Tick:
                break;
            case LeaseInputKind.Observed:
                change = Observe(input.Record, now, change);
                break;
            case LeaseInputKind.Written:
                change = Wrote(input.Record!.Value, now, change);
                break;
            case LeaseInputKind.Refused:
                // What is there is not what we know: look before anything else.
                _seen = null;
                Answered(now);
                break;
            case LeaseInputKind.Failed:
                Answered(now + Spread());
                break;
            case LeaseInputKind.Stop:
                _stopping = true;
                if (_leading) change = End(LeaseChange.Stopped);
                break;
            default:
                throw new UnreachableException();
        }
        return Next(now, change);
    }

    private LeaseChange Observe(LeaseRecord? record, MonoTime now, LeaseChange change)
    {
        var read = _inFlight == LeaseRequest.Read;
        Answered(now + Spread());
        if (!read) return change;
        if (record is { } found) See(found, now);
        else _seen = new("", "", null, 0);
        if (record is not { } lease || lease.Holder != identity)
        {
            _mayHold = false;
            if (_leading) change = End(LeaseChange.Taken);
        }
        // Ours, or free, or expired: the write follows at once.
        if (MayTake(now)) _nextAt = now;
        return change;
    }

    private LeaseChange Wrote(LeaseRecord record, MonoTime now, LeaseChange change)
    {
        var request = _inFlight;
        var sentAt = _sentAt;
        Answered(now + Spread());
        See(record, now);
        if (request == LeaseRequest.Release)
        {
            _mayHold = false;
            return change;
        }
        _mayHold = true;
        if (_stopping) return change;
        if (change == LeaseChange.Expired)
        {
            // The lease is ours still, but for a while nobody led: what was left undone then is only found by leading anew.
            _nextAt = now;
            return change;
        }
        LeadsUntil = sentAt + options.Renew;
        if (now >= LeadsUntil)
        {
            // The answer took so long that the lease won is over again.
            _nextAt = now;
            return change;
        }
        _nextAt = sentAt + options.Retry;
        if (_leading) return change;
        _leading = true;
        return LeaseChange.BecameLeader;
    }

    private void See(LeaseRecord record, MonoTime now)
    {
        if (_seen is not { } seen || seen.ResourceVersion != record.ResourceVersion) _seenAt = now;
        _seen = record;
    }

    private void Answered(MonoTime nextAt)
    {
        _inFlight = LeaseRequest.None;
        _nextAt = nextAt;
    }

    private LeaseStep Next(MonoTime now, LeaseChange change)
    {
        var wake = _leading ? MonoTime.Min(_nextAt, LeadsUntil) : _nextAt;
        if (_inFlight != LeaseRequest.None) return new(LeaseRequest.None, change, _leading ? LeadsUntil : MonoTime.Never);
        if (_stopping) return NextStopping(now, change);
        if (now < _nextAt) return new(LeaseRequest.None, change, wake);
        var request = _seen switch
        {
            null => LeaseRequest.Read,
            { ResourceVersion: "" } => LeaseRequest.Create,
            { Holder: var holder } when holder == identity => LeaseRequest.Renew,
            _ when MayTake(now) => LeaseRequest.Acquire,
            _ => LeaseRequest.Read,
        };
        return Send(request, now, change);
    }

    private LeaseStep NextStopping(MonoTime now, LeaseChange change)
    {
        if (!_mayHold || _releases >= MaxReleaseAttempts) return new(LeaseRequest.None, change, MonoTime.Never, Done: true);
        if (_seen is not { } seen) return Send(LeaseRequest.Read, now, change);
        _releases++;
        return seen.Holder == identity ? Send(LeaseRequest.Release, now, change) : new(LeaseRequest.None, change, MonoTime.Never, Done: true);
    }

    private LeaseStep Send(LeaseRequest request, MonoTime now, LeaseChange change)
    {
        _inFlight = request;
        _sentAt = now;
        if (request is LeaseRequest.Create or LeaseRequest.Acquire) _mayHold = true;
        var version = _seen?.ResourceVersion ?? "";
        var transitions = (_seen?.Transitions ?? 0) + (request == LeaseRequest.Acquire ? 1 : 0);
        return new(request, change, _leading ? LeadsUntil : MonoTime.Never, version, transitions);
    }

    private bool MayTake(MonoTime now)
    {
        if (_seen is not { } seen) return false;
        return seen.Holder.Length == 0 || seen.Holder == identity || now >= _seenAt + (seen.Duration ?? options.Lease);
    }

    private LeaseChange End(LeaseChange reason)
    {
        _leading = false;
        return reason;
    }

    // Those who wait look at times that drift apart.
    private TimeSpan Spread() => options.Retry * (0.8 + (0.4 * random.NextDouble()));
}
