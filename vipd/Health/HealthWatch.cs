// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net.Sockets;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vrrp.Tracking;

namespace LoadBalancer.Vipd.Health;

/// <summary>
/// One check of one server, asked again and again; the first verdict and every
/// change of it is reported, from any thread. At most one question
/// is open at a time, and with it one socket or program, which is gone when its time is over. Files and BFD peers are watched
/// elsewhere and told by reports.
/// </summary>
internal sealed class HealthWatch : IAsyncDisposable
{
    private readonly HealthCheck _check;
    private readonly HealthTools _tools;
    private readonly Action<HealthVerdict> _report;
    private readonly CancellationTokenSource _stop = new();
    private readonly IProbe? _probe;
    private readonly Task _running;
    private readonly Lock _telling = new();
    private HealthTally _tally;
    private long _asked;
    private long _failed;
    private HealthVerdict? _last;
    private volatile string _words = "not asked yet";

    /// <summary>Begins; the first question is asked within the warm-up.</summary>
    /// <param name="check">What to ask.</param>
    /// <param name="address">The server, unless the check names another.</param>
    /// <param name="port">Its port, unless the check names another; 0 where the kind needs none.</param>
    /// <param name="tools">Clock, sockets and programs.</param>
    /// <param name="begin">What is held until it is asked; unknown takes the first answer for the verdict.</param>
    /// <param name="report">Told of every change.</param>
    public HealthWatch(HealthCheck check, IpAddr address, int port, HealthTools tools, TrackState begin, Action<HealthVerdict> report)
    {
        (_check, _tools, _report) = (check, tools, report);
        _tally = new(check.Rise, check.Fall, begin);
        _probe = Probe(check, address, port, tools);
        _running = _probe is null ? Task.CompletedTask : RunAsync(_probe);
    }

    /// <summary>What was seen last, whether it changed the verdict or not.</summary>
    public string Words => _words;

    /// <summary>Questions asked, and how many of them failed.</summary>
    public (long Asked, long Failed) Counts => (Interlocked.Read(ref _asked), Interlocked.Read(ref _failed));

    /// <summary>Takes what is known of a tracked file or BFD peer; another's is left alone.</summary>
    public void Take(Tracking.TrackReport report)
    {
        bool isMine = report.Name == _check.Name && (_check.Kind, report.Kind) is (CheckKind.File, Tracking.TrackedKind.File) or (CheckKind.Bfd, Tracking.TrackedKind.BfdPeer);
        if (!isMine)
        {
            return;
        }

        HealthVerdict? verdict = (_check.Kind, report.State, report.Value) switch
        {
            (CheckKind.File, _, { } value) => FileWeight.Judge(value, _check.Weight),
            (_, TrackState.Up, _) => new(true, report.Detail),
            (_, TrackState.Down, _) => new(false, report.Detail),
            _ => null,
        };
        _words = verdict?.Words ?? report.Detail;
        if (verdict is { } known)
        {
            Count(known.IsUp);
            Tell(known);
        }
    }

    private static IProbe? Probe(HealthCheck check, IpAddr address, int port, HealthTools tools)
    {
        ProbeDialer dialer = new(check, address, check.Kind == CheckKind.Dns && port == 0 ? DnsProbe.DefaultPort : port, tools.OpenSocket);
        return check.Kind switch
        {
            CheckKind.Tcp => new TcpProbe(dialer),
            CheckKind.Http or CheckKind.Https => new HttpProbe(check, dialer),
            CheckKind.Script => new ScriptProbe(check, tools.Scripts),
            CheckKind.Udp => new UdpProbe(check, dialer),
            CheckKind.Dns => new DnsProbe(check, dialer),
            CheckKind.Ping => new PingProbe(dialer),
            CheckKind.Smtp => new SmtpProbe(check, dialer),
            CheckKind.File or CheckKind.Bfd => null,
            _ => throw new UnreachableException(),
        };
    }

    private async Task RunAsync(IProbe probe)
    {
        CancellationToken stop = _stop.Token;
        try
        {
            await Task.Delay((_check.Warmup ?? _check.Interval) * _tools.Jitter(), _tools.Time, stop);
            while (true)
            {
                long began = _tools.Time.GetTimestamp();
                ProbeAnswer answer = await AskAsync(probe, stop);
                stop.ThrowIfCancellationRequested();
                bool wavers = Take(answer);
                TimeSpan left = _check.Interval - _tools.Time.GetElapsedTime(began);
                TimeSpan pause = wavers && _check.RetryDelay > TimeSpan.Zero ? _check.RetryDelay : left > TimeSpan.Zero ? left : TimeSpan.Zero;
                await Task.Delay(pause, _tools.Time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The watch is over.
        }
    }

    private async Task<ProbeAnswer> AskAsync(IProbe probe, CancellationToken stop)
    {
        using CancellationTokenSource limit = new(_check.Timeout, _tools.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        try
        {
            return await probe.AskAsync(either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return ProbeAnswer.Down($"no answer within {_check.Timeout.TotalSeconds:0.###} s: waited for {probe.Awaits}");
        }
        catch (SocketException fault)
        {
            return ProbeAnswer.Down(ProbeDialer.Words(fault));
        }
        catch (IOException fault)
        {
            return ProbeAnswer.Down(fault.InnerException is SocketException inner ? ProbeDialer.Words(inner) : fault.Message.ToLowerInvariant());
        }
#pragma warning disable CA1031 // A check that ended by itself would hold its last verdict for ever: it fails instead, and says so.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return ProbeAnswer.Down($"the check itself failed: {fault.Message}");
        }
    }

    private bool Take(ProbeAnswer answer)
    {
        Count(answer.IsUp);
        _words = answer.Words;
        bool turned = _tally.Add(answer.IsUp);
        // A weight counts with the answer it comes with, so long as the server is up.
        if (turned || (answer.IsUp && _tally.State == TrackState.Up))
        {
            Tell(new(_tally.State == TrackState.Up, answer.Words, answer.Weight));
        }

        return _tally.IsWavering;
    }

    private void Count(bool success)
    {
        Interlocked.Increment(ref _asked);
        if (!success)
        {
            Interlocked.Increment(ref _failed);
        }
    }

    // Reports of tracked objects may come from several threads, and must be passed on in their order.
    private void Tell(HealthVerdict verdict)
    {
        lock (_telling)
        {
            if (_last is not { } last || !verdict.MeansTheSame(last))
            {
                _last = verdict;
                _report(verdict);
            }
        }
    }

    /// <summary>Ends; nothing is reported after it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }
}
