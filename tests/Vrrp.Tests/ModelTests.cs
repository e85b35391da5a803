// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp.Tests;

/// <summary>
/// The instance beside a second, much simpler machine written from RFC 9568 6.4 alone: the same advertisements and the same
/// timers must give the same states and deadlines.
/// </summary>
public sealed class ModelTests
{
    [Fact]
    [Trait("Scenario", "SC-07")]
    public void RandomEvents_AgainstTheRfcsOwnWords_AgreeAlways()
    {
        Gen<(int, int, int)> step = Gen.Choose(0, 9).SelectMany(kind => Gen.Choose(0, 255).SelectMany(a => Gen.Choose(0, 400).Select(b => (kind, a, b))));
        Gen<(int, bool, (int, int, int)[])> run = Gen.Choose(1, 255).SelectMany(
            priority => ArbMap.Default.GeneratorFor<bool>().SelectMany(preempt => step.ArrayOf(60).Select(steps => (priority, preempt, steps))));
        Prop.ForAll(run.ToArbitrary(), one => Agree((byte)one.Item1, one.Item2, one.Item3)).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
    }

    private static void Agree(byte priority, bool preempt, (int Kind, int A, int B)[] steps)
    {
        VrrpPolicy policy = new() { Preempt = preempt, Farewells = 1, Refresh = TimeSpan.Zero, Announcements = [TimeSpan.Zero] };
        Bench bench = new(Bench.Parameters(policy) with { Priority = priority });
        Model model = new(priority, preempt, bench.Now);
        bench.Start();
        for (int i = 0; i < steps.Length; i++)
        {
            (int kind, int a, int b) = steps[i];
            switch (kind)
            {
                case 0 or 1 or 2 or 3:
                    IpAddr from = b % 2 == 0 ? Bench.Lower : Bench.Higher;
                    // A farewell of another node than the master is passed over here, by choice.
                    byte heard = kind == 0 && (model.Master is null || model.Master == from) ? (byte)0 : (byte)Math.Max(1, a);
                    int centiseconds = 1 + (b % 40);
                    // Far enough apart for every farewell to be answered.
                    RunTo(bench.Now + TimeSpan.FromMilliseconds(101), model, bench, i);
                    bench.Hear(heard, from, centiseconds);
                    model.Hear(heard, from, centiseconds, bench.Now);
                    break;
                case 4:
                    bench.Hear(200, hopLimit: (byte)(a % 255));
                    break;
                default:
                    RunTo(bench.Now + TimeSpan.FromMilliseconds(b), model, bench, i);
                    break;
            }

            Same(model, bench, i);
        }
    }

    private static void RunTo(MonoTime end, Model model, Bench bench, int step)
    {
        while (model.Deadline <= end)
        {
            bench.Now = model.Deadline > bench.Now ? model.Deadline : bench.Now;
            bench.Step(VrrpEvent.Timer);
            model.Timer(bench.Now);
            Same(model, bench, step);
        }

        bench.Now = end;
    }

    private static void Same(Model model, Bench bench, int step) => Assert.True(
        model.State == bench.State && model.Deadline == bench.Instance.NextDeadline,
        $"step {step}: {model.State} until {model.Deadline} by the RFC, {bench.State} until {bench.Instance.NextDeadline} here");

    private sealed class Model
    {
        private readonly byte _priority;
        private readonly bool _preempt;
        private int _masterCentiseconds = 10;

        public Model(byte priority, bool preempt, MonoTime now)
        {
            _priority = priority;
            _preempt = preempt || priority == 255;
            State = priority == 255 ? VrrpState.Master : VrrpState.Backup;
            Deadline = priority == 255 ? now + Own : now + Down;
        }

        public VrrpState State { get; private set; }

        public MonoTime Deadline { get; private set; }

        public IpAddr? Master { get; private set; }

        private static TimeSpan Own => TimeSpan.FromMilliseconds(100);

        private TimeSpan Interval => TimeSpan.FromMilliseconds(10 * _masterCentiseconds);

        private TimeSpan Skew => Interval * (256 - _priority) / 256;

        private TimeSpan Down => (Interval * 3) + Skew;

        public void Timer(MonoTime now)
        {
            if (State == VrrpState.Backup)
            {
                State = VrrpState.Master;
                Master = null;
                _masterCentiseconds = 10;
            }

            Deadline = Deadline + Own > now ? Deadline + Own : now + Own;
        }

        public void Hear(byte priority, IpAddr from, int centiseconds, MonoTime now)
        {
            if (State == VrrpState.Backup)
            {
                if (priority == 0)
                {
                    Deadline = MonoTime.Min(Deadline, now + Skew);
                }
                else if (!_preempt || priority >= _priority)
                {
                    Follow(from, centiseconds, now);
                }
            }
            else if (priority == 0)
            {
                Deadline = now + Own;
            }
            else if (priority > _priority || (priority == _priority && from > Bench.Own))
            {
                State = VrrpState.Backup;
                Follow(from, centiseconds, now);
            }
        }

        private void Follow(IpAddr from, int centiseconds, MonoTime now)
        {
            Master = from;
            _masterCentiseconds = centiseconds;
            Deadline = now + Down;
        }
    }
}
