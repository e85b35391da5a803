// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using LoadBalancer.Bfd;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Bfd;

/// <summary>A session, what it sends with, and what is counted of it.</summary>
internal sealed class BfdEntry(BfdSession session, MonoTime now)
{
    private static readonly int Reasons = Enum.GetValues<BfdDiscard>().Length;

    public BfdSession Session { get; } = session;

    public BfdSender? Sender { get; set; }

    public string? Fault { get; set; }

    public BfdNotice? Untold { get; set; }

    /// <summary>Goes once AdminDown was said for long enough.</summary>
    public bool IsLeaving { get; set; }

    public MonoTime Since { get; set; } = now;

    public long Sent { get; set; }

    public long SendFailures { get; set; }

    public long Received { get; set; }

    public long UpCount { get; set; }

    public long FailureCount { get; set; }

    public long[] Discarded { get; } = NewCounters();

    public static long[] NewCounters() => new long[Reasons];

    public static FrozenDictionary<BfdDiscard, long> Freeze(long[] counters) =>
        counters.Select(static (count, reason) => (Reason: (BfdDiscard)reason, Count: count))
            .Where(static entry => entry.Count > 0)
            .ToFrozenDictionary(static entry => entry.Reason, static entry => entry.Count);

    public BfdSessionView View() => new()
    {
        Path = Session.Path,
        State = Session.State,
        Since = Since,
        Diagnostic = Session.Diagnostic,
        RemoteState = Session.RemoteState,
        RemoteDiagnostic = Session.RemoteDiagnostic,
        LocalDiscriminator = Session.LocalDiscriminator,
        RemoteDiscriminator = Session.RemoteDiscriminator,
        SourcePort = Sender?.Port ?? 0,
        TransmitInterval = Session.TransmitInterval,
        DetectionTime = Session.DetectionTime,
        Sent = Sent,
        SendFailures = SendFailures,
        Received = Received,
        UpCount = UpCount,
        FailureCount = FailureCount,
        Discarded = Freeze(Discarded),
        Fault = Fault,
    };
}
