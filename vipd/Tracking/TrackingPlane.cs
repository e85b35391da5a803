// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using LoadBalancer.Linux;
using LoadBalancer.Linux.Programs;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd.Tracking;

/// <summary>
/// Watches what a configuration tracks, but for interfaces and services, and reports it. All of it lives on one thread; what
/// takes long happens elsewhere.
/// </summary>
internal sealed class TrackingPlane : IAsyncDisposable
{
    private const int Mailbox = 65536;
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(1);

    private readonly Reactor _reactor = new(Mailbox);
    private readonly ReportBoard _board;
    private readonly ScriptTracks _scripts;
    private readonly ProcessTracks _processes;
    private readonly FileTracks _files;
    private readonly RouteTracks _routes;
    private readonly BfdTracks _bfd;
    private readonly ITrack[] _tracks;
    private readonly TimeProvider _time;
    private VipConfiguration? _wanted;
    private VipConfiguration? _applied;

    /// <summary>A plane that tracks nothing yet.</summary>
    public TrackingPlane(ITrackSink sink, ProgramRunner programs, ILogger logger, TimeProvider time)
    {
        _time = time;
        _board = new(sink, logger);
        _scripts = new(_board, programs, new Accounts(), Post);
        _processes = new(_board, _reactor, logger, new ProcessReader());
        _files = new(_board, _reactor);
        _routes = new(_board, _reactor);
        _bfd = new(_board, _reactor.TryPost, static () => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))));
        _tracks = [_scripts, _processes, _files, _routes, _bfd];
        _reactor.Start("tracking", Settle, realTime: false);
    }

    /// <summary>Ends with the thread; carries the fault that ended it.</summary>
    public Task Completion => _reactor.Completion;

    /// <summary>What is known, in the order of kinds and names.</summary>
    public IReadOnlyList<TrackReport> Current => _board.Current;

    /// <summary>From now on this is tracked; what is the same as before goes on as it is. Never blocks; of several the last counts.</summary>
    public void Apply(VipConfiguration configuration)
    {
        Volatile.Write(ref _wanted, configuration);
        Post(static () => { });
    }

    // A mailbox that is full empties before the loop settles, and settling looks at what is wanted: nothing is lost of Apply.
    private void Post(Action action) => _ = _reactor.TryPost(action);

    private MonoTime Settle(MonoTime now)
    {
        VipConfiguration? wanted = Volatile.Read(ref _wanted);
        bool differs = wanted is not null && !ReferenceEquals(wanted, _applied);
        _applied = wanted;
        MonoTime next = MonoTime.Never;
        foreach (ITrack track in _tracks)
        {
            if (differs)
                track.Apply(wanted!, now);
            next = MonoTime.Min(next, track.Settle(now));
        }

        return next;
    }

    /// <summary>Takes leave of BFD peers, ends scripts that run, and reports nothing more.</summary>
    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource limit = new(FarewellLimit, _time);
        try
        {
            await _bfd.LeaveAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // Peers find out by their detection time.
        }

        _reactor.StopAndWait();
        _scripts.Dispose();
        _processes.Dispose();
        _files.Dispose();
        _routes.Dispose();
        _bfd.Dispose();
        _reactor.Dispose();
    }
}
