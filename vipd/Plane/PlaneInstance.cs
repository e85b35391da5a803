// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Holding;
using LoadBalancer.Vrrp;
using LoadBalancer.Vrrp.Tracking;

namespace LoadBalancer.Vipd.Plane;

/// <summary>One instance on the protocol thread: its machine, where it is bound, what it watches.</summary>
internal sealed class PlaneInstance(ProtocolPlane plane, InstanceSpec spec, HoldingPlan plan) : Timed
{
    public InstanceSpec Spec { get; set; } = spec;

    public HoldingPlan Plan { get; set; } = plan;

    public string Name => Spec.Instance.Name;

    /// <summary>Made when its interface is first seen; another when that comes back with another index.</summary>
    public VrrpInstance? Machine { get; set; }

    public PriorityTracker Tracker { get; set; } = new(1);

    /// <summary>What the tracker is of.</summary>
    public ValueList<TrackedItem> Watched { get; set; }

    public PlaneGroup? Group { get; set; }

    public int Member { get; set; }

    public SendPort? Port { get; set; }

    public ReceivePort? Receiver { get; set; }

    /// <summary>The interface it is bound to.</summary>
    public LinkView? Link { get; set; }

    public AddressInfo? Source { get; set; }

    /// <summary>Why it cannot run, in words; null when it can.</summary>
    public string? Problem { get; set; }

    /// <summary>When it is started; Never once it is, and before it may be.</summary>
    public MonoTime StartAt { get; set; } = MonoTime.Never;

    /// <summary>When to try again what the kernel refused.</summary>
    public MonoTime RetryAt { get; set; } = MonoTime.Never;

    /// <summary>When what it held as master is let go at the latest, although it is master no more; Never when it is let go already.</summary>
    public MonoTime LetGoAt { get; set; } = MonoTime.Never;

    /// <summary>The step under way asks for it to be let go.</summary>
    public bool LetsGo { get; set; }

    public bool IsStarted { get; set; }

    public bool InMaintenance { get; set; }

    /// <summary>It is gone from the configuration and says its last words.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>It leaves because another of its name takes its place.</summary>
    public bool IsReplaced { get; set; }

    /// <summary>Its slot in the resume file; -1 for none.</summary>
    public int Slot { get; set; } = -1;

    public Transition? LastTransition { get; set; }

    /// <summary>Sends of the step under way, and how many of them failed.</summary>
    public int Attempts { get; set; }

    public int Failures { get; set; }

    /// <summary>Answers to lower priorities that were told.</summary>
    public uint Asserted { get; set; }

    /// <summary>After a batch with failures: each send by itself, so that it is known whose failed.</summary>
    public bool SendsAlone { get; set; }

    public VrrpState State => Machine?.State ?? VrrpState.Initialize;

    public override void Fire(MonoTime now) => plane.OnDue(this, now);
}

/// <summary>A change of state, for status.</summary>
internal sealed record Transition(VrrpState From, VrrpState To, VrrpReason Reason, IpAddr Peer, MonoTime At);
