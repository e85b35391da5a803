// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Kubernetes.Leases;
using LoadBalancer.Primitives;

namespace LoadBalancer.Kubernetes.Tests.Leases;

/// <summary>
/// Contenders with clocks of their own, a server with optimistic concurrency, and requests that are delayed, lost on the way
/// there or on the way back; contenders are paused, crash and stop. At no instant may two lead.
/// </summary>
public sealed class LeaseSimulationTests
{
    private static readonly LeaseOptions Options = LeaseOptions.Default;

    [Theory]
    [InlineData(1, 2, 1000)]
    [InlineData(2, 3, 400)]
    [InlineData(3, 5, 100)]
    public void Contenders_FaultyNetworkPausesAndCrashes_NeverTwoLeaders(int seed, int contenders, int hours)
    {
        var world = new World(seed, contenders, loss: 0.05, pauses: true, crashes: true);
        world.Run(TimeSpan.FromHours(hours));
        Assert.Null(world.Violation);
        Assert.True(world.Elections > hours / 2, $"seed {seed}: only {world.Elections} elections");
    }

    [Fact]
    public void Contenders_LeaderCrashes_SomebodyLeadsWithinLeaseAndRetry()
    {
        var world = new World(4, 2, loss: 0, pauses: false, crashes: true);
        world.Run(TimeSpan.FromHours(300));
        Assert.Null(world.Violation);
        // A lease that the others saw up to one look late, the look at which it is over, and three requests.
        Assert.InRange(world.LongestWithoutLeader, TimeSpan.FromSeconds(1), Options.Lease + (Options.Retry * 1.2 * 2) + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Contenders_LeaderStops_SomebodyLeadsWithinTwoLooks()
    {
        var world = new World(5, 2, loss: 0, pauses: false, crashes: false, stops: true);
        world.Run(TimeSpan.FromHours(300));
        Assert.Null(world.Violation);
        Assert.InRange(world.LongestWithoutLeader, TimeSpan.FromMilliseconds(1), (Options.Retry * 1.2) + TimeSpan.FromSeconds(1));
    }

    private sealed class World(int seed, int contenders, double loss, bool pauses, bool crashes, bool stops = false)
    {
        private readonly Random _random = new(seed);
        private readonly PriorityQueue<Action, (long At, long Order)> _events = new();
        private readonly List<Contender> _all = [];
        private LeaseRecord? _lease;
        private long _version;
        private long _now;
        private long _order;
        private long? _leaderlessSince;

        internal long Elections { get; private set; }

        internal string? Violation { get; private set; }

        internal TimeSpan LongestWithoutLeader { get; private set; }

        internal void Run(TimeSpan span)
        {
            for (var i = 0; i < contenders; i++) Start(i);
            var end = (long)span.TotalMilliseconds;
            while (Violation is null && _events.TryDequeue(out var happens, out var key) && key.At <= end)
            {
                _now = key.At;
                happens();
            }
        }

        private void Start(int index)
        {
            var contender = new Contender($"c{index}-{_order++}", _random.Next(1_000_000), new Random(_random.Next()), _now);
            _all.Add(contender);
            After(0, () => Input(contender, new(LeaseInputKind.Tick)));
            if (crashes) After(_random.Next(60_000, 3_600_000), () => Crash(index, contender));
            if (stops) After(_random.Next(60_000, 600_000), () => Stop(index, contender));
            if (pauses) After(_random.Next(10_000, 600_000), () => Pause(contender));
        }

        private void Crash(int index, Contender contender)
        {
            // One crash at a time: without anybody there, nobody can lead.
            if (_all.Count < contenders || _all.Exists(other => other.Stopping || _now - other.Since < 60_000))
            {
                After(60_000, () => Crash(index, contender));
                return;
            }
            contender.Dead = true;
            _all.Remove(contender);
            Check();
            After(_random.Next(1, 40_000), () => Start(index));
        }

        private void Stop(int index, Contender contender)
        {
            if (_all.Count < contenders || _all.Exists(other => other.Stopping || _now - other.Since < 60_000))
            {
                After(60_000, () => Stop(index, contender));
                return;
            }
            contender.Stopping = true;
            Input(contender, new(LeaseInputKind.Stop));
            After(_random.Next(5_000, 20_000), () =>
            {
                contender.Dead = true;
                _all.Remove(contender);
                Start(index);
            });
        }

        private void Pause(Contender contender)
        {
            if (contender.Dead) return;
            contender.PausedUntil = _now + _random.Next(1, 40_000);
            After(_random.Next(10_000, 600_000), () => Pause(contender));
        }

        private void Input(Contender contender, LeaseInput input)
        {
            if (contender.Dead) return;
            if (contender.PausedUntil > _now)
            {
                After(contender.PausedUntil - _now, () => Input(contender, input));
                return;
            }
            var step = contender.Machine.Step(input, Local(contender));
            if (step.Change == LeaseChange.BecameLeader) Elections++;
            Check();
            if (step.Request != LeaseRequest.None) Send(contender, step);
            contender.Wake++;
            if (step.Done || step.WakeAt == MonoTime.Never) return;
            var wake = contender.Wake;
            var wait = Math.Max(0, (long)Math.Ceiling((step.WakeAt - Local(contender)).TotalMilliseconds));
            After(wait, () =>
            {
                if (contender.Wake == wake) Input(contender, new(LeaseInputKind.Tick));
            });
        }

        private void Send(Contender contender, LeaseStep step)
        {
            var number = ++contender.Requests;
            // A contender may be paused between deciding to send and sending.
            var there = Delay();
            if (Lost())
            {
                After(3_333, () => Answer(contender, number, new(LeaseInputKind.Failed)));
                return;
            }
            After(there, () =>
            {
                var answer = Serve(contender, step);
                if (Lost()) return;
                After(Delay(), () => Answer(contender, number, answer));
            });
            After(3_333, () => Answer(contender, number, new(LeaseInputKind.Failed)));
        }

        private void Answer(Contender contender, long number, LeaseInput input)
        {
            if (contender.Answered >= number) return;
            contender.Answered = number;
            Input(contender, input);
        }

        private LeaseInput Serve(Contender contender, LeaseStep step)
        {
            if (step.Request == LeaseRequest.Read) return new(LeaseInputKind.Observed, _lease);
            var allowed = step.Request == LeaseRequest.Create ? _lease is null : _lease?.ResourceVersion == step.Version;
            if (!allowed) return new(LeaseInputKind.Refused);
            var holder = step.Request == LeaseRequest.Release ? "" : contender.Identity;
            _lease = new((++_version).ToString(CultureInfo.InvariantCulture), holder, Options.Lease, step.Transitions);
            return new(LeaseInputKind.Written, _lease);
        }

        // A paused process counts: it could write the moment it goes on, so its fence must have fallen by itself.
        private void Check()
        {
            string? leader = null;
            foreach (var contender in _all)
            {
                if (!contender.Machine.IsLeader(Local(contender))) continue;
                if (leader is not null) Violation = $"seed {seed}: {leader} and {contender.Identity} lead at {_now} ms";
                leader = contender.Identity;
            }
            if (leader is null) _leaderlessSince ??= _now;
            if (leader is null || _leaderlessSince is not { } since) return;
            var without = TimeSpan.FromMilliseconds(_now - since);
            if (without > LongestWithoutLeader) LongestWithoutLeader = without;
            _leaderlessSince = null;
        }

        private MonoTime Local(Contender contender) => new((_now + contender.ClockOffset) * 1_000_000);

        private bool Lost() => _random.NextDouble() < loss;

        private long Delay() => _random.Next(20) == 0 && loss > 0 ? _random.Next(1, 8_000) : _random.Next(1, 100);

        private void After(long delay, Action happens) => _events.Enqueue(happens, (_now + delay, _order++));
    }

    private sealed class Contender(string identity, long clockOffset, Random random, long since)
    {
        internal LeaseMachine Machine { get; } = new(identity, Options, random);

        internal string Identity => identity;

        internal long ClockOffset => clockOffset;

        internal long Since => since;

        internal bool Dead { get; set; }

        internal bool Stopping { get; set; }

        internal long PausedUntil { get; set; }

        internal long Wake { get; set; }

        internal long Requests { get; set; }

        internal long Answered { get; set; }
    }
}
